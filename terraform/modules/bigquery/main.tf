# The dataset and its tables. Columns come from schema/*.json and layouts from tables.json; both are written by scripts/terraform-schema.js from schema/tables.ts, where each column is declared
# once. Don't edit them here: a test compares.

locals {
  tables      = jsondecode(file("${path.module}/tables.json"))
  partitioned = [for name, table in local.tables : name if table.partition_field != null]
}

# No access blocks: they would be the whole list of who may read, and every grant made elsewhere would be taken away again.
resource "google_bigquery_dataset" "funnel" {
  project                    = var.project_id
  dataset_id                 = replace(var.name, "-", "_")
  location                   = var.location
  description                = "Conversion funnel: gold tables, anomalies, dead letters and the ledger"
  labels                     = var.labels
  delete_contents_on_destroy = !var.keep_data
}

resource "google_bigquery_table" "table" {
  for_each = local.tables

  project             = var.project_id
  dataset_id          = google_bigquery_dataset.funnel.dataset_id
  table_id            = each.key
  description         = each.value.description
  schema              = file("${path.module}/schema/${each.key}.json")
  clustering          = each.value.clustering
  deletion_protection = var.keep_data
  labels              = var.labels

  dynamic "time_partitioning" {
    for_each = each.value.partition_field == null ? [] : [each.value.partition_field]

    content {
      type          = "DAY"
      field         = time_partitioning.value
      expiration_ms = contains(keys(var.expiration_days), each.key) ? var.expiration_days[each.key] * 86400000 : null
    }
  }

  # Not enforced, but it is what upserts go by, and what BigQuery may rely on in queries: a table whose key may be null has none.
  dynamic "table_constraints" {
    for_each = each.value.primary_key == null ? [] : [each.value.primary_key]

    content {
      primary_key {
        columns = table_constraints.value
      }
    }
  }
}
