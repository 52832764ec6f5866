variable "project_id" {
  description = "Project in which everything is made."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is a project's id, 6 to 30 characters of a-z, 0-9 and -, not its name or number. Projects of a domain (example.com:shop) can't be part of a bucket's name."
  }
}

variable "name" {
  description = "What every resource's name begins with. Two installations in one project need two names."
  type        = string
  default     = "funnelpulse"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "name is 3 to 20 characters of a-z, 0-9 and -, beginning with a letter: longer ones don't fit into the ids of service accounts."
  }
}

variable "region" {
  description = "Region of buckets, messages and images, like europe-west1. Data that is read or loaded should be in one region: what crosses regions is slower and is paid for."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is a region like europe-west1, no zone (europe-west1-b) and no multi-region (EU)."
  }
}

variable "bigquery_location" {
  description = "Where the tables are, if not in the region itself: EU or US. It can't be changed later."
  type        = string
  default     = null

  validation {
    condition = var.bigquery_location == null ? true : anytrue([
      var.bigquery_location == var.region,
      var.bigquery_location == "EU" && startswith(var.region, "europe-") && !contains(["europe-west2", "europe-west6"], var.region),
      var.bigquery_location == "US" && startswith(var.region, "us-"),
    ])
    error_message = "bigquery_location is the region itself, or the multi-region that it lies in: EU (without London and Zurich) or US. BigQuery loads files from nowhere else."
  }
}

variable "data_only" {
  description = "Keep the buckets and the dataset, and remove everything else: topics with unread messages, subscriptions, accounts, images, alerts. `make destroy` sets it."
  type        = bool
  default     = false
}

variable "keep_data" {
  description = "Refuse to delete what holds data. Has to be applied as false before anything that holds data can be destroyed."
  type        = bool
  default     = true
}

variable "labels" {
  description = "Labels on everything that can have some; bills can be split by them."
  type        = map(string)
  default     = {}
}

variable "nearline_after_days" {
  description = "Days after which input files and archived messages move to Nearline; null keeps them in Standard."
  type        = number
  default     = null
}

variable "archive_days" {
  description = "Days after which archived messages are deleted; null keeps them for good."
  type        = number
  default     = null
}

variable "expiration_days" {
  description = "Days for which rows are kept, by table, counted from the row's own date; all rows of other tables are kept."
  type        = map(number)
  default     = {}
}

variable "retention_days" {
  description = "Days for which unread events are kept, 1 to 31."
  type        = number
  default     = 7
}

variable "dead_letter_retention_days" {
  description = "Days for which unread dead letters are kept in Pub/Sub, 1 to 31."
  type        = number
  default     = 14
}

variable "alert_emails" {
  description = "Addresses that alerts go to."
  type        = list(string)
  default     = []
}

variable "oldest_unacked_minutes" {
  description = "Age of the oldest unacked event, in minutes, above which somebody is told."
  type        = number
  default     = 15
}

variable "dead_letters_per_hour" {
  description = "Dead letters in an hour above which somebody is told."
  type        = number
  default     = 0
}

variable "stream_template" {
  description = "Template of the stream on Dataflow, gs://BUCKET/NAME; null for no job."
  type        = string
  default     = null
}

variable "batch_template" {
  description = "Template of the batch job on Dataflow, gs://BUCKET/NAME; null for none."
  type        = string
  default     = null
}

variable "batch_schedule" {
  description = "When the batch template is launched, as cron has it, in UTC; null for on demand only."
  type        = string
  default     = null
}
