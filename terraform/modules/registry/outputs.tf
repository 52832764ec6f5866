output "repository" {
  description = "What an image's name begins with: REGION-docker.pkg.dev/PROJECT/REPOSITORY."
  value       = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}"
}

output "repository_id" {
  description = "Id of the repository within project and region."
  value       = google_artifact_registry_repository.images.repository_id
}
