# Everything that FunnelPulse needs in one project, of the modules beside this one.
#
# What holds data (buckets, dataset) is made always; all the rest goes when data_only is true, which is how one stops paying without losing anything: see docs/cost.md.

locals {
  apis = toset([
    "artifactregistry.googleapis.com",
    "bigquery.googleapis.com",
    "bigquerystorage.googleapis.com",
    "cloudscheduler.googleapis.com",
    "compute.googleapis.com",
    "dataflow.googleapis.com",
    "iam.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "storage.googleapis.com",
  ])
  location = coalesce(var.bigquery_location, var.region)
  flowing  = var.data_only ? 0 : 1
}

resource "google_project_service" "api" {
  for_each = local.apis

  project = var.project_id
  service = each.value

  # Others in the project may use the same API.
  disable_on_destroy = false
}

# Apart from the others: what waits for an API is unknown while that API is being changed, and with the project's number unknown Terraform would replace the grants that are made with it.
resource "google_project_service" "resource_manager" {
  project            = var.project_id
  service            = "cloudresourcemanager.googleapis.com"
  disable_on_destroy = false
}

data "google_project" "this" {
  project_id = var.project_id

  depends_on = [google_project_service.resource_manager]
}

module "storage" {
  source = "../storage"

  project_id          = var.project_id
  name                = var.name
  region              = var.region
  keep_data           = var.keep_data
  labels              = var.labels
  nearline_after_days = var.nearline_after_days
  archive_days        = var.archive_days

  depends_on = [google_project_service.api]
}

module "bigquery" {
  source = "../bigquery"

  project_id      = var.project_id
  name            = var.name
  location        = local.location
  keep_data       = var.keep_data
  labels          = var.labels
  expiration_days = var.expiration_days

  depends_on = [google_project_service.api]
}

module "pubsub" {
  source = "../pubsub"
  count  = local.flowing

  project_id                 = var.project_id
  project_number             = data.google_project.this.number
  name                       = var.name
  region                     = var.region
  labels                     = var.labels
  archive_bucket             = module.storage.archive_bucket
  retention_days             = var.retention_days
  dead_letter_retention_days = var.dead_letter_retention_days

  depends_on = [google_project_service.api]
}

module "registry" {
  source = "../registry"
  count  = local.flowing

  project_id = var.project_id
  name       = var.name
  region     = var.region
  labels     = var.labels

  depends_on = [google_project_service.api]
}

module "iam" {
  source = "../iam"
  count  = local.flowing

  project_id          = var.project_id
  name                = var.name
  events_topic        = module.pubsub[0].events_topic_name
  events_subscription = module.pubsub[0].events_subscription_name
  dead_letter_topic   = module.pubsub[0].dead_letter_topic_name
  raw_bucket          = module.storage.raw_bucket
  archive_bucket      = module.storage.archive_bucket
  dataset_id          = module.bigquery.dataset_id

  depends_on = [google_project_service.api]
}

module "monitoring" {
  source = "../monitoring"
  count  = local.flowing

  project_id             = var.project_id
  labels                 = var.labels
  alert_emails           = var.alert_emails
  events_subscription    = module.pubsub[0].events_subscription_name
  archive_subscription   = module.pubsub[0].archive_subscription_name
  dead_letter_topic      = module.pubsub[0].dead_letter_topic_name
  retention_days         = var.retention_days
  oldest_unacked_minutes = var.oldest_unacked_minutes
  dead_letters_per_hour  = var.dead_letters_per_hour

  depends_on = [google_project_service.api]
}

module "dataflow" {
  source = "../dataflow"
  count  = local.flowing

  project_id            = var.project_id
  name                  = var.name
  region                = var.region
  labels                = var.labels
  image_repository      = module.registry[0].repository_id
  events_subscription   = module.pubsub[0].events_subscription_name
  dead_letter_topic     = module.pubsub[0].dead_letter_topic_name
  raw_bucket            = module.storage.raw_bucket
  archive_bucket        = module.storage.archive_bucket
  staging_bucket        = module.storage.staging_bucket
  templates_bucket      = module.storage.templates_bucket
  dataset_id            = module.bigquery.dataset_id
  stream_template       = var.stream_template
  batch_template        = var.batch_template
  batch_schedule        = var.batch_schedule
  notification_channels = module.monitoring[0].channels
  dead_letters_per_hour = var.dead_letters_per_hour

  depends_on = [google_project_service.api]
}
