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
}

run "names" {
  assert {
    condition     = output.funnelpulse.input_bucket == "my-shop-funnelpulse-raw" && output.funnelpulse.events_subscription == "my-shop/funnelpulse-events" && output.funnelpulse.dataset == "my-shop.funnelpulse"
    error_message = "Names begin with funnelpulse."
  }
}

run "stopped" {
  variables {
    data_only = true
  }

  assert {
    condition     = output.funnelpulse.events_subscription == null && output.funnelpulse.dataset == "my-shop.funnelpulse"
    error_message = "With data_only the data stays, and nothing else."
  }
}
