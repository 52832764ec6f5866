mock_provider "google" {
  mock_data "google_project" {
    defaults = {
      number = "123456789012"
    }
  }

  mock_resource "google_service_account" {
    defaults = {
      email  = "account@my-shop.iam.gserviceaccount.com"
      member = "serviceAccount:account@my-shop.iam.gserviceaccount.com"
    }
  }
}

variables {
  project_id = "my-shop"
  region     = "europe-west1"
}

run "everything" {
  assert {
    condition     = output.input_bucket == "my-shop-funnelpulse-raw" && output.archive_bucket == "my-shop-funnelpulse-archive"
    error_message = "Buckets are PROJECT-NAME-PURPOSE."
  }

  assert {
    condition     = output.events_subscription == "my-shop/funnelpulse-events"
    error_message = "The subscription is said as --input takes it, after pubsub://."
  }

  assert {
    condition     = output.dataset == "my-shop.funnelpulse"
    error_message = "The dataset is said as --output takes it, after bigquery:."
  }

  assert {
    condition     = output.dead_letter_topic != null && output.dead_letter_topic != output.events_topic
    error_message = "Dead letters have a topic of their own."
  }

  assert {
    condition     = alltrue([for api in concat(values(google_project_service.api), [google_project_service.resource_manager]) : !api.disable_on_destroy])
    error_message = "Others may use the same APIs."
  }
}

run "data_only" {
  variables {
    data_only = true
  }

  assert {
    condition     = output.input_bucket == "my-shop-funnelpulse-raw" && output.dataset == "my-shop.funnelpulse"
    error_message = "What holds data stays."
  }

  assert {
    condition     = output.events_topic == null && output.events_subscription == null && output.dead_letter_topic == null && output.image_repository == null && output.publisher == null && output.reader == null && output.worker == null
    error_message = "Everything else goes."
  }

  assert {
    condition     = length(module.pubsub) == 0 && length(module.registry) == 0 && length(module.iam) == 0 && length(module.monitoring) == 0 && length(module.dataflow) == 0
    error_message = "Everything else goes."
  }
}

run "a_multi_region_around_the_region" {
  variables {
    bigquery_location = "EU"
  }

  assert {
    condition     = output.dataset == "my-shop.funnelpulse"
    error_message = "EU holds europe-west1."
  }
}

run "a_multi_region_elsewhere" {
  command = plan

  variables {
    bigquery_location = "US"
  }

  expect_failures = [var.bigquery_location]
}

run "london_is_not_in_the_eu" {
  command = plan

  variables {
    region            = "europe-west2"
    bigquery_location = "EU"
  }

  expect_failures = [var.bigquery_location]
}
