mock_provider "google" {}

variables {
  project_id           = "my-shop"
  alert_emails         = ["data@example.com"]
  events_subscription  = "funnelpulse-events"
  archive_subscription = "funnelpulse-archive"
  dead_letter_topic    = "funnelpulse-dead-letters"
  retention_days       = 7
}

run "events_that_wait" {
  assert {
    condition     = strcontains(one(one(google_monitoring_alert_policy.events_wait.conditions).condition_threshold).filter, "subscription_id = \"funnelpulse-events\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\"")
    error_message = "The alert is on the age of the oldest unacked event."
  }

  assert {
    condition     = one(one(google_monitoring_alert_policy.events_wait.conditions).condition_threshold).threshold_value == 900
    error_message = "At fifteen minutes."
  }
}

run "dead_letters" {
  assert {
    condition     = strcontains(one(one(google_monitoring_alert_policy.dead_letters.conditions).condition_threshold).filter, "topic_id = \"funnelpulse-dead-letters\"")
    error_message = "The alert is on the dead-letter topic."
  }

  assert {
    condition     = one(one(google_monitoring_alert_policy.dead_letters.conditions).condition_threshold).threshold_value == 0
    error_message = "At the first one."
  }
}

run "somebody_is_told" {
  assert {
    condition = alltrue([
      for policy in [google_monitoring_alert_policy.events_wait, google_monitoring_alert_policy.archive_waits, google_monitoring_alert_policy.dead_letters] :
      policy.notification_channels == tolist([google_monitoring_notification_channel.email["data@example.com"].id])
    ])
    error_message = "Every alert goes to the address."
  }

  assert {
    condition     = google_monitoring_notification_channel.email["data@example.com"].labels.email_address == "data@example.com"
    error_message = "The channel is the address."
  }
}

run "an_address_has_an_at" {
  command = plan

  variables {
    alert_emails = ["data"]
  }

  expect_failures = [var.alert_emails]
}
