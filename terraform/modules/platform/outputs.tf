# What to hand to FunnelPulse. Values of what data_only has removed are null.

output "input_bucket" {
  description = "Where to put files of events: --input gs://THIS/…"
  value       = module.storage.raw_bucket
}

output "archive_bucket" {
  description = "Archived messages: --input gs://THIS/events/"
  value       = module.storage.archive_bucket
}

output "staging_bucket" {
  description = "Files on their way."
  value       = module.storage.staging_bucket
}

output "templates_bucket" {
  description = "Templates of Dataflow jobs."
  value       = module.storage.templates_bucket
}

output "dataset" {
  description = "The tables: --output bigquery:THIS"
  value       = module.bigquery.dataset
}

output "events_topic" {
  description = "Where producers publish, projects/P/topics/T: --topic of replay and generate."
  value       = one(module.pubsub[*].events_topic)
}

output "events_subscription" {
  description = "What a run reads: --input pubsub://THIS"
  value       = one([for pubsub in module.pubsub : "${var.project_id}/${pubsub.events_subscription_name}"])
}

output "dead_letter_topic" {
  description = "Where a run sends what it rejects: --dead-letter-topic THIS"
  value       = one(module.pubsub[*].dead_letter_topic)
}

output "image_repository" {
  description = "What an image's name begins with."
  value       = one(module.registry[*].repository)
}

output "publisher" {
  description = "Account that sends events."
  value       = one(module.iam[*].publisher)
}

output "reader" {
  description = "Account that reads events and writes tables."
  value       = one(module.iam[*].reader)
}

output "worker" {
  description = "Account of Dataflow's workers: --service-account THIS"
  value       = one(module.dataflow[*].worker)
}

output "launch_batch" {
  description = "Command that launches the batch template now; null where there is none."
  value       = one(module.dataflow[*].launch_batch)
}
