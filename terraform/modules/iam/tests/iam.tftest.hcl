mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = {
      email  = "account@my-shop.iam.gserviceaccount.com"
      member = "serviceAccount:account@my-shop.iam.gserviceaccount.com"
    }
  }
}

override_resource {
  target = google_service_account.publisher
  values = {
    email  = "funnelpulse-publisher@my-shop.iam.gserviceaccount.com"
    member = "serviceAccount:funnelpulse-publisher@my-shop.iam.gserviceaccount.com"
  }
}

override_resource {
  target = google_service_account.reader
  values = {
    email  = "funnelpulse-reader@my-shop.iam.gserviceaccount.com"
    member = "serviceAccount:funnelpulse-reader@my-shop.iam.gserviceaccount.com"
  }
}

variables {
  project_id          = "my-shop"
  events_topic        = "funnelpulse-events"
  events_subscription = "funnelpulse-events"
  dead_letter_topic   = "funnelpulse-dead-letters"
  raw_bucket          = "my-shop-funnelpulse-raw"
  archive_bucket      = "my-shop-funnelpulse-archive"
  dataset_id          = "funnelpulse"
}

run "accounts" {
  assert {
    condition     = google_service_account.publisher.account_id == "funnelpulse-publisher" && google_service_account.reader.account_id == "funnelpulse-reader"
    error_message = "Accounts are NAME-publisher and NAME-reader."
  }
}

run "the_publisher_publishes_events_and_no_more" {
  assert {
    condition     = google_pubsub_topic_iam_member.publisher_sends_events.role == "roles/pubsub.publisher" && google_pubsub_topic_iam_member.publisher_sends_events.topic == "funnelpulse-events"
    error_message = "The publisher publishes to the events topic."
  }

  assert {
    condition = [
      for grant in [
        google_pubsub_topic_iam_member.publisher_sends_events,
        google_pubsub_topic_iam_member.reader_sends_dead_letters,
        google_pubsub_subscription_iam_member.reader_pulls_events,
        google_storage_bucket_iam_member.reader_reads_raw,
        google_storage_bucket_iam_member.reader_reads_archive,
        google_bigquery_dataset_iam_member.reader_writes_tables,
        google_project_iam_member.reader_runs_jobs,
      ] : grant.role if grant.member == "serviceAccount:funnelpulse-publisher@my-shop.iam.gserviceaccount.com"
    ] == ["roles/pubsub.publisher"]
    error_message = "The publisher has no other role."
  }
}

run "the_reader_has_its_roles_on_single_resources" {
  assert {
    condition     = google_pubsub_subscription_iam_member.reader_pulls_events.subscription == "funnelpulse-events" && google_pubsub_subscription_iam_member.reader_pulls_events.role == "roles/pubsub.subscriber"
    error_message = "The reader pulls from its subscription."
  }

  assert {
    condition     = google_pubsub_topic_iam_member.reader_sends_dead_letters.topic == "funnelpulse-dead-letters"
    error_message = "The reader publishes to the dead-letter topic only."
  }

  assert {
    condition     = google_storage_bucket_iam_member.reader_reads_raw.bucket == "my-shop-funnelpulse-raw" && google_storage_bucket_iam_member.reader_reads_raw.role == "roles/storage.objectViewer"
    error_message = "The reader reads input files and writes none."
  }

  assert {
    condition     = google_bigquery_dataset_iam_member.reader_writes_tables.dataset_id == "funnelpulse"
    error_message = "The reader writes its dataset only."
  }

  assert {
    condition     = google_project_iam_member.reader_runs_jobs.role == "roles/bigquery.jobUser"
    error_message = "On the project the reader may run jobs, and nothing else."
  }
}

run "a_long_name_is_refused" {
  command = plan

  variables {
    name = "conversion-of-the-shop"
  }

  expect_failures = [var.name]
}
