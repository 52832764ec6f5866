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
  description = "Region of the jobs, like europe-west1: that of buckets, subscription and dataset."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is a region like europe-west1, no zone (europe-west1-b) and no multi-region (EU)."
  }
}

variable "labels" {
  description = "Labels on everything that can have some; bills can be split by them."
  type        = map(string)
  default     = {}
}

variable "image_repository" {
  description = "Id of the repository of images, within project and region."
  type        = string
}

variable "events_subscription" {
  description = "Name of the subscription that the stream reads."
  type        = string
}

variable "dead_letter_topic" {
  description = "Name of the topic of dead letters."
  type        = string
}

variable "raw_bucket" {
  description = "Name of the bucket of input files."
  type        = string
}

variable "archive_bucket" {
  description = "Name of the bucket of archived messages."
  type        = string
}

variable "staging_bucket" {
  description = "Name of the bucket of files on their way."
  type        = string
}

variable "templates_bucket" {
  description = "Name of the bucket of templates, and of the pipelines that they name."
  type        = string
}

variable "dataset_id" {
  description = "Id of the dataset within the project."
  type        = string
}

variable "stream_template" {
  description = "Template of the stream, gs://BUCKET/NAME, written by `funnelpulse run --runner dataflow --template`; null for no job."
  type        = string
  default     = null

  validation {
    condition     = var.stream_template == null ? true : can(regex("^gs://[^/]+/.+[^/]$", var.stream_template))
    error_message = "stream_template is gs://BUCKET/NAME."
  }
}

variable "batch_template" {
  description = "Template of the batch job, gs://BUCKET/NAME; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.batch_template == null ? true : can(regex("^gs://[^/]+/.+[^/]$", var.batch_template))
    error_message = "batch_template is gs://BUCKET/NAME."
  }
}

variable "batch_schedule" {
  description = "When the batch template is launched, as cron has it, in UTC; null for on demand only: the output launch_batch has the command."
  type        = string
  default     = null

  validation {
    condition     = var.batch_schedule == null ? true : length(split(" ", trimspace(var.batch_schedule))) == 5
    error_message = "batch_schedule has five fields, like 0 4 * * * for four o'clock every morning."
  }
}

variable "machine_type" {
  description = "Machine of a worker; one process runs for each of its cores."
  type        = string
  default     = "n2-standard-2"
}

variable "stream_max_workers" {
  description = "Machines of the stream at most: what an hour can cost."
  type        = number
  default     = 3
}

variable "batch_max_workers" {
  description = "Machines of a batch job at most."
  type        = number
  default     = 10
}

variable "network" {
  description = "Network of the workers; null for the one called default."
  type        = string
  default     = null
}

variable "subnetwork" {
  description = "Subnetwork of the workers, regions/REGION/subnetworks/NAME; null for the network's own in the region."
  type        = string
  default     = null
}

variable "public_ips" {
  description = "Whether workers have public addresses. Without, the subnetwork needs Private Google Access."
  type        = bool
  default     = true
}

variable "notification_channels" {
  description = "Ids of the channels that alerts go to."
  type        = list(string)
  default     = []
}

variable "lag_minutes" {
  description = "Minutes that elements may be on their way before somebody is told."
  type        = number
  default     = 10
}

variable "watermark_minutes" {
  description = "Minutes that the watermark may be behind the clock before somebody is told."
  type        = number
  default     = 60
}

variable "dead_letters_per_hour" {
  description = "Dead letters in an hour above which somebody is told."
  type        = number
  default     = 0
}

variable "anomaly_rows_per_hour" {
  description = "Rows of open anomalies in an hour above which somebody is told."
  type        = number
  default     = 20
}
