# Who may do what. Every role here has a line in docs/roles.md with the call that needs it; a test compares both ways. Roles are granted on the one resource that a call goes to; what can only be
# granted on the project says so. One resource a grant, so that no other grant of a project is touched.

# Sends events: a shop's backend, `funnelpulse replay` or `generate`.
resource "google_service_account" "publisher" {
  project      = var.project_id
  account_id   = "${var.name}-publisher"
  display_name = "FunnelPulse: sends events"
  description  = "Publishes to the events topic, and can do nothing else"
}

# Reads events and writes tables: whatever runs `funnelpulse run` outside of Dataflow, whose workers have an account of their own.
resource "google_service_account" "reader" {
  project      = var.project_id
  account_id   = "${var.name}-reader"
  display_name = "FunnelPulse: reads events and writes tables"
  description  = "Reads the events subscription and the buckets of events, writes dead letters and the dataset"
}

resource "google_pubsub_topic_iam_member" "publisher_sends_events" {
  project = var.project_id
  topic   = var.events_topic
  role    = "roles/pubsub.publisher"
  member  = google_service_account.publisher.member
}

resource "google_pubsub_subscription_iam_member" "reader_pulls_events" {
  project      = var.project_id
  subscription = var.events_subscription
  role         = "roles/pubsub.subscriber"
  member       = google_service_account.reader.member
}

resource "google_pubsub_topic_iam_member" "reader_sends_dead_letters" {
  project = var.project_id
  topic   = var.dead_letter_topic
  role    = "roles/pubsub.publisher"
  member  = google_service_account.reader.member
}

resource "google_storage_bucket_iam_member" "reader_reads_raw" {
  bucket = var.raw_bucket
  role   = "roles/storage.objectViewer"
  member = google_service_account.reader.member
}

resource "google_storage_bucket_iam_member" "reader_reads_archive" {
  bucket = var.archive_bucket
  role   = "roles/storage.objectViewer"
  member = google_service_account.reader.member
}

resource "google_bigquery_dataset_iam_member" "reader_writes_tables" {
  project    = var.project_id
  dataset_id = var.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = google_service_account.reader.member
}

# Jobs belong to a project, so this one is granted there. It gives no right to any data.
resource "google_project_iam_member" "reader_runs_jobs" {
  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = google_service_account.reader.member
}
