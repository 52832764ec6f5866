# Four buckets. None is public, and rights are given by role on the whole bucket only: uniform access leaves no room for a public object in a private bucket.

locals {
  prefix = "${var.project_id}-${var.name}"
}

# Input files: CSV and NDJSON, as they came. FunnelPulse reads them and never writes here.
resource "google_storage_bucket" "raw" {
  project                     = var.project_id
  name                        = "${local.prefix}-raw"
  location                    = var.region
  labels                      = var.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.keep_data

  dynamic "lifecycle_rule" {
    for_each = var.nearline_after_days == null ? [] : [var.nearline_after_days]

    content {
      action {
        type          = "SetStorageClass"
        storage_class = "NEARLINE"
      }
      condition {
        age                   = lifecycle_rule.value
        matches_storage_class = ["STANDARD"]
      }
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 7
    }
  }
}

# Bronze: every message of the events topic as it was published, written by Pub/Sub itself. Tables can be made again from it.
resource "google_storage_bucket" "archive" {
  project                     = var.project_id
  name                        = "${local.prefix}-archive"
  location                    = var.region
  labels                      = var.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.keep_data

  dynamic "lifecycle_rule" {
    for_each = var.nearline_after_days == null ? [] : [var.nearline_after_days]

    content {
      action {
        type          = "SetStorageClass"
        storage_class = "NEARLINE"
      }
      condition {
        age                   = lifecycle_rule.value
        matches_storage_class = ["STANDARD"]
      }
    }
  }

  dynamic "lifecycle_rule" {
    for_each = var.archive_days == null ? [] : [var.archive_days]

    content {
      action {
        type = "Delete"
      }
      condition {
        age = lifecycle_rule.value
      }
    }
  }
}

# Files on their way: of load jobs, and of Dataflow's workers. Nothing here outlives its run for long.
resource "google_storage_bucket" "staging" {
  project                     = var.project_id
  name                        = "${local.prefix}-staging"
  location                    = var.region
  labels                      = var.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true

  # Without this each deleted file is kept, and paid for, for seven days more.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = var.staging_days
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 1
    }
  }
}

# Templates of Dataflow jobs. A running job was started from one version: a few older ones stay, to go back to.
resource "google_storage_bucket" "templates" {
  project                     = var.project_id
  name                        = "${local.prefix}-templates"
  location                    = var.region
  labels                      = var.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.keep_data

  versioning {
    enabled = true
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      num_newer_versions = 5
      with_state         = "ARCHIVED"
    }
  }
}
