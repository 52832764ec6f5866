# Jobs of the templates that `funnelpulse run --runner dataflow --template` writes: a stream that always runs, and a batch job on a schedule or on demand.

locals {
  streaming = var.stream_template == null ? 0 : 1
  scheduled = var.batch_template == null || var.batch_schedule == null ? 0 : 1
  temp      = "gs://${var.staging_bucket}/dataflow"
  addresses = var.public_ips ? "WORKER_IP_PUBLIC" : "WORKER_IP_PRIVATE"
  stream    = "${var.name}-stream"
  batch     = "${var.name}-batch"

  # What a launch says of the machines: a template says it, too, but only for who submits it by itself.
  batch_environment = {
    serviceAccountEmail  = google_service_account.worker.email
    tempLocation         = local.temp
    maxWorkers           = var.batch_max_workers
    machineType          = var.machine_type
    network              = var.network
    subnetwork           = var.subnetwork
    ipConfiguration      = local.addresses
    additionalUserLabels = var.labels
  }
}

# Terraform replaces the job when the template's path changes, by an update that keeps its state: give each template a path of its own.
resource "google_dataflow_job" "stream" {
  count = local.streaming

  project                 = var.project_id
  region                  = var.region
  name                    = local.stream
  template_gcs_path       = var.stream_template
  temp_gcs_location       = local.temp
  service_account_email   = google_service_account.worker.email
  machine_type            = var.machine_type
  max_workers             = var.stream_max_workers
  network                 = var.network
  subnetwork              = var.subnetwork
  ip_configuration        = local.addresses
  enable_streaming_engine = true
  labels                  = var.labels

  # What has been read is worked off, and nothing is lost.
  on_delete = "drain"

  # A job that may not read yet looks healthy, and reads nothing.
  depends_on = [
    google_project_iam_member.worker_works,
    google_project_iam_member.worker_tracks_watermark,
    google_project_iam_member.worker_runs_jobs,
    google_artifact_registry_repository_iam_member.worker_pulls_image,
    google_pubsub_subscription_iam_member.worker_pulls_events,
    google_pubsub_subscription_iam_member.worker_looks_at_subscription,
    google_pubsub_topic_iam_member.worker_sends_dead_letters,
    google_storage_bucket_iam_member.worker_reads_templates,
    google_storage_bucket_iam_member.worker_stages,
    google_bigquery_dataset_iam_member.worker_writes_tables,
  ]
}

resource "google_cloud_scheduler_job" "batch" {
  count = local.scheduled

  project     = var.project_id
  region      = var.region
  name        = local.batch
  description = "Launches the batch template on Dataflow"
  schedule    = var.batch_schedule
  time_zone   = "Etc/UTC"

  http_target {
    http_method = "POST"
    uri         = "https://dataflow.googleapis.com/v1b3/projects/${var.project_id}/locations/${var.region}/templates:launch?gcsPath=${urlencode(var.batch_template)}"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode({ jobName = local.batch, environment = local.batch_environment }))

    oauth_token {
      service_account_email = google_service_account.launcher[0].email
      scope                 = "https://www.googleapis.com/auth/cloud-platform"
    }
  }

  # A launch that was answered with an error may have started the job all the same; the next one is due by itself.
  retry_config {
    retry_count = 0
  }

  depends_on = [
    google_project_iam_member.launcher_launches,
    google_service_account_iam_member.launcher_acts_as_worker,
    google_storage_bucket_iam_member.launcher_reads_template,
  ]
}
