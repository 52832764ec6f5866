output "raw_bucket" {
  description = "Bucket of input files: --input gs://THIS/…"
  value       = google_storage_bucket.raw.name
}

output "archive_bucket" {
  description = "Bucket of archived messages."
  value       = google_storage_bucket.archive.name
}

output "staging_bucket" {
  description = "Bucket of files on their way."
  value       = google_storage_bucket.staging.name
}

output "templates_bucket" {
  description = "Bucket of templates of Dataflow jobs."
  value       = google_storage_bucket.templates.name
}
