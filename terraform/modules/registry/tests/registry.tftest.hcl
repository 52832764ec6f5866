mock_provider "google" {}

variables {
  project_id = "my-shop"
  region     = "europe-west1"
}

run "images" {
  assert {
    condition     = output.repository == "europe-west1-docker.pkg.dev/my-shop/funnelpulse"
    error_message = "Images are named REGION-docker.pkg.dev/PROJECT/NAME."
  }

  assert {
    condition     = one(google_artifact_registry_repository.images.docker_config).immutable_tags
    error_message = "A tag always means the same image."
  }

  assert {
    condition     = toset([for policy in google_artifact_registry_repository.images.cleanup_policies : policy.action]) == toset(["DELETE", "KEEP"])
    error_message = "Old images go, the newest stay."
  }
}

run "days_are_whole" {
  command = plan

  variables {
    untagged_days = 0.5
  }

  expect_failures = [var.untagged_days]
}
