output "dataset" {
  description = "The dataset as --output takes it: bigquery:THIS."
  value       = "${var.project_id}.${google_bigquery_dataset.funnel.dataset_id}"
}

output "dataset_id" {
  description = "Id of the dataset within its project."
  value       = google_bigquery_dataset.funnel.dataset_id
}

output "tables" {
  description = "Names of the tables."
  value       = sort(keys(google_bigquery_table.table))
}
