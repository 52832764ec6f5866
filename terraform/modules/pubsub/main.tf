# The way in: a topic of events, the subscription that a run reads, an archive of all messages, and a place for dead letters.

locals {
  # Pub/Sub's own account in this project. It writes the archive.
  service_agent = "serviceAccount:service-${var.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

# No schema_settings: a topic with a schema refuses bad messages at the producer, where they are lost. Without one they arrive, are rejected with a reason, and can be repaired and sent again.
resource "google_pubsub_topic" "events" {
  project = var.project_id
  name    = "${var.name}-events"
  labels  = var.labels

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

# What a run reads (--input pubsub://…).
#
# No dead_letter_policy: Pub/Sub counts deliveries, not errors. A run that is killed, or that gives messages back when it ends, has them delivered again, and after a few restarts good
# messages would be moved away, uncounted. FunnelPulse itself knows which message is bad, and writes it to the dead-letter topic with the reason.
resource "google_pubsub_subscription" "events" {
  project = var.project_id
  name    = "${var.name}-events"
  topic   = google_pubsub_topic.events.id
  labels  = var.labels

  # How long a run may stand still before messages are lost.
  message_retention_duration = "${var.retention_days * 86400}s"
  ack_deadline_seconds       = 60

  # Exactly-once delivery stays off: a message that comes twice is a duplicate by its dedup key and counts once anyway, and is shown as such in the ledger. The guarantee would cost latency and
  # throughput, would hold within one region only, and could not know of a producer that sends twice.
  enable_exactly_once_delivery = false

  # No result depends on the order of messages; the service gives them out faster without it.
  enable_message_ordering = false

  # Never expires: by default a subscription is deleted, with its messages, after 31 days in which nobody reads it.
  expiration_policy {
    ttl = ""
  }

  # No retry_policy: a run that ends gives back what it has not worked on, and the next one is to have it at once.
}

# Bronze: Pub/Sub writes every message to the archive bucket by itself, whether or not a run is reading. One line a message, so that the files can be read as NDJSON:
# --input gs://ARCHIVE/events/. Attributes are not kept in text: event time and keys stand in the messages' bodies.
resource "google_pubsub_subscription" "archive" {
  project = var.project_id
  name    = "${var.name}-archive"
  topic   = google_pubsub_topic.events.id
  labels  = var.labels

  message_retention_duration = "${var.retention_days * 86400}s"
  # At least max_duration below.
  ack_deadline_seconds = 600

  cloud_storage_config {
    bucket                   = var.archive_bucket
    filename_prefix          = "events/"
    filename_datetime_format = "YYYY-MM-DD/hh_mm_ssZ"
    filename_suffix          = ".ndjson"
    max_duration             = "${var.archive_file_minutes * 60}s"
    max_bytes                = 1073741824
    # Text is what is written unless avro_config asks for another format.
  }

  expiration_policy {
    ttl = ""
  }

  # Pub/Sub tries the bucket when the subscription is made.
  depends_on = [
    google_storage_bucket_iam_member.archive_objects,
    google_storage_bucket_iam_member.archive_bucket,
  ]
}

resource "google_storage_bucket_iam_member" "archive_objects" {
  bucket = var.archive_bucket
  role   = "roles/storage.objectCreator"
  member = local.service_agent

  # In a new project Pub/Sub's account is there when something of Pub/Sub's is.
  depends_on = [google_pubsub_topic.events]
}

resource "google_storage_bucket_iam_member" "archive_bucket" {
  bucket = var.archive_bucket
  role   = "roles/storage.legacyBucketReader"
  member = local.service_agent

  depends_on = [google_pubsub_topic.events]
}

# Where a run sends what it rejects (--dead-letter-topic): the original bytes, with the reason as an attribute.
resource "google_pubsub_topic" "dead_letters" {
  project = var.project_id
  name    = "${var.name}-dead-letters"
  labels  = var.labels

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

# A topic without a subscription keeps nothing.
resource "google_pubsub_subscription" "dead_letters" {
  project = var.project_id
  name    = "${var.name}-dead-letters"
  topic   = google_pubsub_topic.dead_letters.id
  labels  = var.labels

  message_retention_duration = "${var.dead_letter_retention_days * 86400}s"
  ack_deadline_seconds       = 60

  expiration_policy {
    ttl = ""
  }
}
