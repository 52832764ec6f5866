# Who is told, and of what. Alerts on a Dataflow job's own metrics come with the module dataflow.

resource "google_monitoring_notification_channel" "email" {
  for_each = toset(var.alert_emails)

  project      = var.project_id
  display_name = "FunnelPulse: ${each.value}"
  type         = "email"
  labels       = { email_address = each.value }
}

locals {
  channels = [for channel in google_monitoring_notification_channel.email : channel.id]
}

# Events wait: no run is reading, or it can't keep up. What is unread when retention ends is lost to the tables.
resource "google_monitoring_alert_policy" "events_wait" {
  project               = var.project_id
  display_name          = "FunnelPulse: events wait for more than ${var.oldest_unacked_minutes} minutes (${var.events_subscription})"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = "Age of the oldest unacked message"

    condition_threshold {
      filter          = "resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = \"${var.events_subscription}\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\""
      comparison      = "COMPARISON_GT"
      threshold_value = var.oldest_unacked_minutes * 60
      duration        = "300s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "The oldest event in subscription ${var.events_subscription} has not been acked for more than ${var.oldest_unacked_minutes} minutes. A run acks when it commits: look whether one is running and whether its commits go on (docs/streaming.md). Events stay for ${var.retention_days} days and are also in the archive bucket."
  }
}

# The archive doesn't take messages: most often Pub/Sub's account has lost a role on the bucket.
resource "google_monitoring_alert_policy" "archive_waits" {
  project               = var.project_id
  display_name          = "FunnelPulse: messages wait for the archive (${var.archive_subscription})"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = "Age of the oldest unacked message"

    condition_threshold {
      filter          = "resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = \"${var.archive_subscription}\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\""
      comparison      = "COMPARISON_GT"
      threshold_value = 3600
      duration        = "300s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "Messages have waited for the archive for more than an hour; a file is due every few minutes. Look at the state of subscription ${var.archive_subscription} and at the roles of Pub/Sub's account on the bucket (docs/roles.md). They stay for ${var.retention_days} days."
  }
}

# Something was rejected. A few a day may be normal for a shop: raise the threshold then, rather than to get used to the alert.
resource "google_monitoring_alert_policy" "dead_letters" {
  project               = var.project_id
  display_name          = "FunnelPulse: more than ${var.dead_letters_per_hour} dead letters in an hour (${var.dead_letter_topic})"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = "Dead letters in an hour"

    condition_threshold {
      filter          = "resource.type = \"pubsub_topic\" AND resource.labels.topic_id = \"${var.dead_letter_topic}\" AND metric.type = \"pubsub.googleapis.com/topic/send_message_operation_count\""
      comparison      = "COMPARISON_GT"
      threshold_value = var.dead_letters_per_hour
      duration        = "0s"

      aggregations {
        alignment_period     = "3600s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "Records were rejected and sent to topic ${var.dead_letter_topic}. The attribute `reason` of a message, and the column `reason` of the table dead_letters, say why; what has been repaired can be sent again with `funnelpulse redrive`."
  }
}
