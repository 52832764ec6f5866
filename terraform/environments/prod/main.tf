# Live traffic: messages are kept for a week, what has grown old moves to cheaper storage.

provider "google" {
  project = var.project_id
  region  = var.region
}

module "platform" {
  source = "../../modules/platform"

  project_id            = var.project_id
  region                = var.region
  data_only             = var.data_only
  keep_data             = var.keep_data
  labels                = { app = "funnelpulse", environment = "prod" }
  retention_days        = 7
  nearline_after_days   = 30
  archive_days          = 400
  alert_emails          = var.alert_emails
  dead_letters_per_hour = 10

  # Both hold what people sent: addresses, user ids, whole messages. Older days than these can't be backfilled into the two tables.
  expiration_days = {
    dead_letters  = 400
    silver_events = 400
  }
}
