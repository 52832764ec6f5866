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
  description = "Days after which input files and archived messages move to Nearline: cheaper to keep, dearer to read. null keeps them in Standard."
  type        = number
  default     = null

  validation {
    condition     = var.nearline_after_days == null ? true : var.nearline_after_days >= 1 && floor(var.nearline_after_days) == var.nearline_after_days
    error_message = "nearline_after_days is a whole number of days from 1, or null."
  }
}

variable "archive_days" {
  description = "Days after which archived messages are deleted. null keeps them for good."
  type        = number
  default     = null

  # Nearline is paid for 30 days at least: what is deleted earlier costs as much as if it were not.
  validation {
    condition     = var.archive_days == null ? true : var.archive_days >= (var.nearline_after_days == null ? 1 : var.nearline_after_days + 30) && floor(var.archive_days) == var.archive_days
    error_message = "archive_days is a whole number of days from 1, at least 30 more than nearline_after_days where that is set, or null."
  }
}

variable "staging_days" {
  description = "Days after which files in the staging bucket are deleted. Longer than the longest run takes."
  type        = number
  default     = 3

  validation {
    condition     = var.staging_days >= 2 && floor(var.staging_days) == var.staging_days
    error_message = "staging_days is a whole number of days from 2: an age of 1 can be reached by a run that began yesterday evening."
  }
}
