# Who is told of what a job exports. The metrics are those of any job of this name, also of one that `make run-dataflow` has started.

locals {
  job = "resource.type = \"dataflow_job\" AND resource.labels.job_name = \"${local.stream}\""

  # Of the job's counters, as io/ and pipelines/dataflow count them.
  counters = {
    rows_dead_letters = {
      severity  = "WARNING"
      threshold = var.dead_letters_per_hour
      title     = "more than ${var.dead_letters_per_hour} dead letters in an hour"
      text      = "Records were rejected. The column `reason` of the table dead_letters says why; what has been repaired can be sent again with `funnelpulse redrive`."
    }
    rows_refused = {
      severity  = "CRITICAL"
      threshold = 0
      title     = "BigQuery has refused rows"
      text      = "Rows of a table were not taken. They are in dead_letters with the reason sink_refused and BigQuery's own words: compare the table with the declared columns."
    }
    anomalies_open = {
      severity  = "WARNING"
      threshold = var.anomaly_rows_per_hour
      title     = "more than ${var.anomaly_rows_per_hour} rows of open anomalies in an hour"
      text      = "Hours of brands converted unlike their baseline. The table gold_anomalies_hourly_brand has them; a row is written again with each firing of its hour."
    }
  }
}

resource "google_monitoring_alert_policy" "failed" {
  project               = var.project_id
  display_name          = "FunnelPulse: a job has failed (${var.name})"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = var.notification_channels
  user_labels           = var.labels

  conditions {
    display_name = "Failed jobs"

    condition_threshold {
      filter          = "resource.type = \"dataflow_job\" AND resource.labels.job_name = one_of(\"${local.stream}\", \"${local.batch}\") AND metric.type = \"dataflow.googleapis.com/job/is_failed\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_MAX"
        cross_series_reducer = "REDUCE_MAX"
        group_by_fields      = ["resource.labels.job_name"]
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "A batch job that has failed has changed no table: run it again when its logs say why. A stream that has failed has lost its state: start it anew, on a new dataset or with --replace (docs/dataflow.md)."
  }
}

# How long the oldest element has been on its way through the graph.
resource "google_monitoring_alert_policy" "lag" {
  project               = var.project_id
  display_name          = "FunnelPulse: the stream is more than ${var.lag_minutes} minutes behind (${var.name})"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = var.notification_channels
  user_labels           = var.labels

  conditions {
    display_name = "System lag"

    condition_threshold {
      filter          = "${local.job} AND metric.type = \"dataflow.googleapis.com/job/system_lag\""
      comparison      = "COMPARISON_GT"
      threshold_value = var.lag_minutes * 60
      duration        = "300s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "Elements wait inside the job: too few workers (`max_workers`), a busy hour with too few shards, or BigQuery doesn't take rows. The job's logs and its graph in the console say which step waits."
  }
}

# How far event time is behind the clock. Hours close by it.
resource "google_monitoring_alert_policy" "watermark" {
  project               = var.project_id
  display_name          = "FunnelPulse: the watermark is more than ${var.watermark_minutes} minutes behind (${var.name})"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = var.notification_channels
  user_labels           = var.labels

  conditions {
    display_name = "Data watermark age"

    condition_threshold {
      filter          = "${local.job} AND metric.type = \"dataflow.googleapis.com/job/data_watermark_age\""
      comparison      = "COMPARISON_GT"
      threshold_value = var.watermark_minutes * 60
      duration        = "600s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "Hours don't close, and nothing is scored: events are old (a replay, a producer with a wrong clock), none come at all, or the workers may not make the tracking subscription (docs/roles.md), which the job's logs tell as a warning only."
  }
}

# A counter grows for as long as its job runs: what counts is by how much in the last hour.
resource "google_monitoring_alert_policy" "counter" {
  for_each = local.counters

  project               = var.project_id
  display_name          = "FunnelPulse: ${each.value.title} (${var.name})"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = var.notification_channels
  user_labels           = var.labels

  conditions {
    display_name = "Counter ${each.key}"

    condition_prometheus_query_language {
      query               = "sum(max_over_time({\"__name__\"=\"dataflow.googleapis.com/job/user_counter\", \"metric_name\"=\"${each.key}\", \"job_name\"=\"${local.stream}\"}[1h]) - min_over_time({\"__name__\"=\"dataflow.googleapis.com/job/user_counter\", \"metric_name\"=\"${each.key}\", \"job_name\"=\"${local.stream}\"}[1h])) > ${each.value.threshold}"
      duration            = "0s"
      evaluation_interval = "60s"
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = each.value.text
  }
}
