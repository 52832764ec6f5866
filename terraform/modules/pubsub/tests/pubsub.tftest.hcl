mock_provider "google" {}

variables {
  project_id     = "my-shop"
  project_number = "123456789012"
  region         = "europe-west1"
  archive_bucket = "my-shop-funnelpulse-archive"
}

run "events" {
  assert {
    condition     = google_pubsub_topic.events.name == "funnelpulse-events" && length(google_pubsub_topic.events.schema_settings) == 0
    error_message = "Events have a topic without a schema."
  }

  assert {
    condition     = google_pubsub_subscription.events.topic == google_pubsub_topic.events.id
    error_message = "The run reads the events topic."
  }

  assert {
    condition     = length(google_pubsub_subscription.events.dead_letter_policy) == 0
    error_message = "Pub/Sub must not divert messages that were delivered often: a restarted run would lose good ones."
  }

  assert {
    condition     = google_pubsub_subscription.events.enable_exactly_once_delivery == false
    error_message = "Exactly-once delivery stays off."
  }

  assert {
    condition     = google_pubsub_subscription.events.message_retention_duration == "604800s"
    error_message = "Unread events are kept for seven days."
  }
}

run "nothing_expires" {
  assert {
    condition = alltrue([
      for subscription in [google_pubsub_subscription.events, google_pubsub_subscription.archive, google_pubsub_subscription.dead_letters] :
      one(subscription.expiration_policy).ttl == ""
    ])
    error_message = "No subscription may expire."
  }
}

run "archive" {
  assert {
    condition     = google_pubsub_subscription.archive.topic == google_pubsub_topic.events.id
    error_message = "The archive takes the events topic."
  }

  assert {
    condition     = one(google_pubsub_subscription.archive.cloud_storage_config).bucket == "my-shop-funnelpulse-archive"
    error_message = "The archive goes into its bucket."
  }

  assert {
    condition     = tonumber(trimsuffix(one(google_pubsub_subscription.archive.cloud_storage_config).max_duration, "s")) <= google_pubsub_subscription.archive.ack_deadline_seconds
    error_message = "A file may not take longer than the ack deadline."
  }

  assert {
    condition = toset([
      for grant in [google_storage_bucket_iam_member.archive_objects, google_storage_bucket_iam_member.archive_bucket] :
      "${grant.member} ${grant.role} ${grant.bucket}"
      ]) == toset([
      "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com roles/storage.objectCreator my-shop-funnelpulse-archive",
      "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com roles/storage.legacyBucketReader my-shop-funnelpulse-archive",
    ])
    error_message = "Pub/Sub's own account may write to the archive bucket and look at it."
  }
}

run "dead_letters" {
  assert {
    condition     = google_pubsub_topic.dead_letters.name == "funnelpulse-dead-letters"
    error_message = "Dead letters have a topic of their own."
  }

  assert {
    condition     = google_pubsub_subscription.dead_letters.topic == google_pubsub_topic.dead_letters.id
    error_message = "A subscription keeps the dead letters."
  }
}

run "retention_has_a_limit" {
  command = plan

  variables {
    retention_days = 32
  }

  expect_failures = [var.retention_days]
}

run "a_bucket_is_named_without_its_scheme" {
  command = plan

  variables {
    archive_bucket = "gs://my-shop-funnelpulse-archive"
  }

  expect_failures = [var.archive_bucket]
}

run "a_number_is_no_id" {
  command = plan

  variables {
    project_number = "my-shop"
  }

  expect_failures = [var.project_number]
}
