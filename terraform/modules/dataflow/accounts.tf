# Whose rights Dataflow's workers have, and who starts the scheduled job. Every role has a line in docs/roles.md with the call that needs it.

resource "google_service_account" "worker" {
  project      = var.project_id
  account_id   = "${var.name}-worker"
  display_name = "FunnelPulse: Dataflow's workers"
  description  = "Reads the events subscription and the buckets of events, writes the dataset, on Dataflow's machines"
}

# What makes an account a worker's: to take work from the service, to report, to write logs and metrics. Jobs belong to a project.
resource "google_project_iam_member" "worker_works" {
  project = var.project_id
  role    = "roles/dataflow.worker"
  member  = google_service_account.worker.member
}

resource "google_artifact_registry_repository_iam_member" "worker_pulls_image" {
  project    = var.project_id
  location   = var.region
  repository = var.image_repository
  role       = "roles/artifactregistry.reader"
  member     = google_service_account.worker.member
}

resource "google_pubsub_subscription_iam_member" "worker_pulls_events" {
  project      = var.project_id
  subscription = var.events_subscription
  role         = "roles/pubsub.subscriber"
  member       = google_service_account.worker.member
}

# Dataflow asks for a subscription's settings before it reads. Without this it reads nothing, and the job looks healthy all the same.
resource "google_pubsub_subscription_iam_member" "worker_looks_at_subscription" {
  project      = var.project_id
  subscription = var.events_subscription
  role         = "roles/pubsub.viewer"
  member       = google_service_account.worker.member
}

# With event times in an attribute Dataflow makes a second subscription on the topic, from which it takes the watermark, and removes it when the job ends. A subscription belongs to a project, so the right to make one can't be
# narrower; the predefined role that has it, roles/pubsub.editor, could publish to and delete everything there.
resource "google_project_iam_custom_role" "watermark_tracking" {
  project     = var.project_id
  role_id     = "${replace(var.name, "-", "_")}_watermark_tracking"
  title       = "FunnelPulse: watermark tracking (${var.name})"
  description = "Makes and removes the subscription by which Dataflow follows the watermark of event times"

  permissions = [
    "pubsub.subscriptions.create",
    "pubsub.subscriptions.delete",
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.update",
    "pubsub.topics.attachSubscription",
  ]
}

resource "google_project_iam_member" "worker_tracks_watermark" {
  project = var.project_id
  role    = google_project_iam_custom_role.watermark_tracking.id
  member  = google_service_account.worker.member
}

resource "google_pubsub_topic_iam_member" "worker_sends_dead_letters" {
  project = var.project_id
  topic   = var.dead_letter_topic
  role    = "roles/pubsub.publisher"
  member  = google_service_account.worker.member
}

resource "google_storage_bucket_iam_member" "worker_reads_raw" {
  bucket = var.raw_bucket
  role   = "roles/storage.objectViewer"
  member = google_service_account.worker.member
}

resource "google_storage_bucket_iam_member" "worker_reads_archive" {
  bucket = var.archive_bucket
  role   = "roles/storage.objectViewer"
  member = google_service_account.worker.member
}

resource "google_storage_bucket_iam_member" "worker_reads_templates" {
  bucket = var.templates_bucket
  role   = "roles/storage.objectViewer"
  member = google_service_account.worker.member
}

resource "google_storage_bucket_iam_member" "worker_stages" {
  bucket = var.staging_bucket
  role   = "roles/storage.objectUser"
  member = google_service_account.worker.member
}

resource "google_bigquery_dataset_iam_member" "worker_writes_tables" {
  project    = var.project_id
  dataset_id = var.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = google_service_account.worker.member
}

resource "google_project_iam_member" "worker_runs_jobs" {
  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = google_service_account.worker.member
}

# Starts the scheduled job, and may do nothing with its data.
resource "google_service_account" "launcher" {
  count = local.scheduled

  project      = var.project_id
  account_id   = "${var.name}-launcher"
  display_name = "FunnelPulse: starts the scheduled job"
  description  = "Launches the batch template on Dataflow"
}

resource "google_project_iam_member" "launcher_launches" {
  count = local.scheduled

  project = var.project_id
  role    = "roles/dataflow.developer"
  member  = google_service_account.launcher[0].member
}

resource "google_service_account_iam_member" "launcher_acts_as_worker" {
  count = local.scheduled

  service_account_id = google_service_account.worker.name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.launcher[0].member
}

resource "google_storage_bucket_iam_member" "launcher_reads_template" {
  count = local.scheduled

  bucket = var.templates_bucket
  role   = "roles/storage.objectViewer"
  member = google_service_account.launcher[0].member
}
