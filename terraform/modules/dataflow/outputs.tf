output "worker" {
  description = "Account of the workers: --service-account THIS"
  value       = google_service_account.worker.email
}

output "stream_job" {
  description = "Name of the streaming job: --job-name THIS, so that alerts and dashboard are about it however it was started."
  value       = local.stream
}

output "batch_job" {
  description = "Name of batch jobs."
  value       = local.batch
}

output "launch_batch" {
  description = "Command that launches the batch template now; null where there is none."
  value       = var.batch_template == null ? null : "gcloud dataflow jobs run ${local.batch} --project=${var.project_id} --region=${var.region} --gcs-location=${var.batch_template} --staging-location=${local.temp} --service-account-email=${google_service_account.worker.email} --max-workers=${var.batch_max_workers}"
}

output "dashboard" {
  description = "Id of the dashboard."
  value       = google_monitoring_dashboard.jobs.id
}
