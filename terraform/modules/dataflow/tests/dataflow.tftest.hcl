mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = {
      name   = "projects/my-shop/serviceAccounts/account@my-shop.iam.gserviceaccount.com"
      email  = "account@my-shop.iam.gserviceaccount.com"
      member = "serviceAccount:account@my-shop.iam.gserviceaccount.com"
    }
  }

  mock_resource "google_project_iam_custom_role" {
    defaults = {
      id = "projects/my-shop/roles/funnelpulse_watermark_tracking"
    }
  }
}

variables {
  project_id          = "my-shop"
  region              = "europe-west1"
  image_repository    = "funnelpulse"
  events_subscription = "funnelpulse-events"
  dead_letter_topic   = "funnelpulse-dead-letters"
  raw_bucket          = "my-shop-funnelpulse-raw"
  archive_bucket      = "my-shop-funnelpulse-archive"
  staging_bucket      = "my-shop-funnelpulse-staging"
  templates_bucket    = "my-shop-funnelpulse-templates"
  dataset_id          = "funnelpulse"
}

run "without_templates_there_is_no_job" {
  assert {
    condition     = length(google_dataflow_job.stream) == 0 && length(google_cloud_scheduler_job.batch) == 0 && length(google_service_account.launcher) == 0
    error_message = "Nothing runs that nobody has asked for."
  }

  assert {
    condition     = google_service_account.worker.account_id == "funnelpulse-worker" && output.launch_batch == null
    error_message = "The account is there, for jobs that are submitted by hand."
  }

  assert {
    condition     = google_project_iam_member.worker_tracks_watermark.role == "projects/my-shop/roles/funnelpulse_watermark_tracking" && google_project_iam_custom_role.watermark_tracking.role_id == "funnelpulse_watermark_tracking"
    error_message = "The worker has the role of our own."
  }
}

run "a_stream" {
  variables {
    stream_template = "gs://my-shop-funnelpulse-templates/stream-1.json"
    public_ips      = false
    subnetwork      = "regions/europe-west1/subnetworks/shop"
  }

  assert {
    condition     = google_dataflow_job.stream[0].name == "funnelpulse-stream" && google_dataflow_job.stream[0].template_gcs_path == "gs://my-shop-funnelpulse-templates/stream-1.json"
    error_message = "The job is that of the template."
  }

  assert {
    condition     = google_dataflow_job.stream[0].on_delete == "drain" && google_dataflow_job.stream[0].service_account_email == "account@my-shop.iam.gserviceaccount.com"
    error_message = "It is drained, and its workers have their own account."
  }

  assert {
    condition     = google_dataflow_job.stream[0].ip_configuration == "WORKER_IP_PRIVATE" && google_dataflow_job.stream[0].subnetwork == "regions/europe-west1/subnetworks/shop" && google_dataflow_job.stream[0].temp_gcs_location == "gs://my-shop-funnelpulse-staging/dataflow"
    error_message = "Network and places are as said."
  }
}

run "a_batch_job_on_demand" {
  variables {
    batch_template = "gs://my-shop-funnelpulse-templates/batch-1.json"
  }

  assert {
    condition     = length(google_cloud_scheduler_job.batch) == 0 && strcontains(output.launch_batch, "--gcs-location=gs://my-shop-funnelpulse-templates/batch-1.json")
    error_message = "Without a schedule there is the command alone."
  }
}

run "a_batch_job_every_morning" {
  variables {
    batch_template = "gs://my-shop-funnelpulse-templates/batch-1.json"
    batch_schedule = "0 4 * * *"
  }

  assert {
    condition     = google_cloud_scheduler_job.batch[0].schedule == "0 4 * * *" && google_cloud_scheduler_job.batch[0].time_zone == "Etc/UTC"
    error_message = "At four o'clock, UTC."
  }

  assert {
    condition     = one(google_cloud_scheduler_job.batch[0].http_target).uri == "https://dataflow.googleapis.com/v1b3/projects/my-shop/locations/europe-west1/templates:launch?gcsPath=gs%3A%2F%2Fmy-shop-funnelpulse-templates%2Fbatch-1.json"
    error_message = "It launches the template."
  }

  assert {
    condition     = jsondecode(base64decode(one(google_cloud_scheduler_job.batch[0].http_target).body)).jobName == "funnelpulse-batch" && jsondecode(base64decode(one(google_cloud_scheduler_job.batch[0].http_target).body)).environment.serviceAccountEmail == "account@my-shop.iam.gserviceaccount.com"
    error_message = "As a job of its name, with the worker's account."
  }

  assert {
    condition     = google_project_iam_member.launcher_launches[0].role == "roles/dataflow.developer" && google_service_account_iam_member.launcher_acts_as_worker[0].role == "roles/iam.serviceAccountUser"
    error_message = "The launcher may launch, as the worker."
  }
}

run "alerts" {
  variables {
    notification_channels = ["projects/my-shop/notificationChannels/1"]
    lag_minutes           = 5
  }

  assert {
    condition     = one(one(google_monitoring_alert_policy.lag.conditions).condition_threshold).threshold_value == 300 && strcontains(one(one(google_monitoring_alert_policy.lag.conditions).condition_threshold).filter, "job_name = \"funnelpulse-stream\" AND metric.type = \"dataflow.googleapis.com/job/system_lag\"")
    error_message = "The lag is that of the stream."
  }

  assert {
    condition     = sort(keys(google_monitoring_alert_policy.counter)) == tolist(["anomalies_open", "rows_dead_letters", "rows_refused"])
    error_message = "There is an alert for each counter."
  }

  assert {
    condition     = strcontains(one(one(google_monitoring_alert_policy.counter["rows_refused"].conditions).condition_prometheus_query_language).query, "\"metric_name\"=\"rows_refused\"") && endswith(one(one(google_monitoring_alert_policy.counter["rows_refused"].conditions).condition_prometheus_query_language).query, "> 0")
    error_message = "One refused row is enough."
  }

  assert {
    condition     = alltrue([for policy in concat([google_monitoring_alert_policy.failed, google_monitoring_alert_policy.lag, google_monitoring_alert_policy.watermark], values(google_monitoring_alert_policy.counter)) : policy.notification_channels == tolist(["projects/my-shop/notificationChannels/1"])])
    error_message = "Every alert goes to the channels."
  }

  assert {
    condition     = length(jsondecode(google_monitoring_dashboard.jobs.dashboard_json).gridLayout.widgets) == 5
    error_message = "The dashboard has its charts."
  }
}

run "a_template_is_an_object" {
  command = plan

  variables {
    stream_template = "my-shop-funnelpulse-templates/stream-1.json"
  }

  expect_failures = [var.stream_template]
}

run "a_schedule_is_crons" {
  command = plan

  variables {
    batch_schedule = "every morning"
  }

  expect_failures = [var.batch_schedule]
}
