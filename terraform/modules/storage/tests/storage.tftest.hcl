mock_provider "google" {}

variables {
  project_id = "my-shop"
  region     = "europe-west1"
}

run "names_and_privacy" {
  assert {
    condition     = output.raw_bucket == "my-shop-funnelpulse-raw"
    error_message = "The bucket of input files is PROJECT-NAME-raw."
  }

  assert {
    condition = alltrue([
      for bucket in [google_storage_bucket.raw, google_storage_bucket.archive, google_storage_bucket.staging, google_storage_bucket.templates] :
      bucket.uniform_bucket_level_access && bucket.public_access_prevention == "enforced"
    ])
    error_message = "No bucket may have public objects."
  }

  assert {
    condition     = length(distinct([output.raw_bucket, output.archive_bucket, output.staging_bucket, output.templates_bucket])) == 4
    error_message = "Four buckets have four names."
  }
}

run "data_is_kept" {
  assert {
    condition     = !google_storage_bucket.raw.force_destroy && !google_storage_bucket.archive.force_destroy
    error_message = "Buckets with data must not be destroyed with what is in them."
  }

  assert {
    condition     = length(google_storage_bucket.archive.lifecycle_rule) == 0
    error_message = "Without archive_days no archived message is deleted."
  }
}

run "data_can_be_given_up" {
  variables {
    keep_data = false
  }

  assert {
    condition     = google_storage_bucket.raw.force_destroy && google_storage_bucket.archive.force_destroy
    error_message = "keep_data = false lets buckets be destroyed with what is in them."
  }
}

run "old_messages_move_and_go" {
  variables {
    nearline_after_days = 30
    archive_days        = 400
  }

  assert {
    condition     = [for rule in google_storage_bucket.archive.lifecycle_rule : one(rule.action).type] == ["SetStorageClass", "Delete"]
    error_message = "Archived messages move to Nearline, then go."
  }

  assert {
    condition     = [for rule in google_storage_bucket.archive.lifecycle_rule : one(rule.condition).age] == [30, 400]
    error_message = "At the days that were asked for."
  }

  assert {
    condition     = [for rule in google_storage_bucket.raw.lifecycle_rule : one(rule.action).type if one(rule.action).type == "Delete"] == []
    error_message = "Input files are never deleted."
  }
}

run "staging_empties_itself" {
  assert {
    condition     = one(google_storage_bucket.staging.soft_delete_policy).retention_duration_seconds == 0
    error_message = "Deleted staging files must not be kept and paid for."
  }

  assert {
    condition     = contains([for rule in google_storage_bucket.staging.lifecycle_rule : "${one(rule.action).type} ${one(rule.condition).age}"], "Delete 3")
    error_message = "Staging files go after three days."
  }
}

run "nearline_is_paid_for_thirty_days" {
  command = plan

  variables {
    nearline_after_days = 30
    archive_days        = 59
  }

  expect_failures = [var.archive_days]
}

run "a_zone_is_no_region" {
  command = plan

  variables {
    region = "europe-west1-b"
  }

  expect_failures = [var.region]
}

run "a_project_of_a_domain_is_refused" {
  command = plan

  variables {
    project_id = "example.com:shop"
  }

  expect_failures = [var.project_id]
}
