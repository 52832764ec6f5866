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

variable "location" {
  description = "Where the tables are: a region like europe-west1, or EU or US. Load jobs read buckets in the same region, or in a region within the multi-region; it can't be changed later."
  type        = string

  validation {
    condition     = can(regex("^(EU|US|[a-z]+-[a-z]+[0-9]+)$", var.location))
    error_message = "location is EU, US, or a region like europe-west1."
  }
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

variable "expiration_days" {
  description = "Days for which rows are kept, by table, like { dead_letters = 400 }; all rows of other tables are kept. The days count from the row's own date, not from when it was written: a backfill of older days would be gone at once."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.expiration_days) : contains(local.partitioned, name)])
    error_message = "expiration_days names a table that doesn't exist or has no partitions. There are: ${join(", ", local.partitioned)}."
  }

  # A trailing baseline reads back 57 days, and an hour may change until it is late by the allowed lateness.
  validation {
    condition     = alltrue([for days in values(var.expiration_days) : days >= 60 && floor(days) == days])
    error_message = "expiration_days has whole numbers from 60: baselines read back 57 days."
  }
}
