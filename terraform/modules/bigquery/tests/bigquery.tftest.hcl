mock_provider "google" {}

variables {
  project_id = "my-shop"
  name       = "shop-funnel"
  location   = "europe-west1"
}

run "dataset" {
  assert {
    condition     = output.dataset == "my-shop.shop_funnel"
    error_message = "A dataset's id has underscores."
  }

  assert {
    condition     = google_bigquery_dataset.funnel.location == "europe-west1"
    error_message = "The dataset is where it was asked for."
  }
}

# The JSON files are written from schema/tables.ts, and a test of the project fails where they differ from it. Here: the tables are those of the files, whole.
run "tables_are_those_of_schema" {
  assert {
    condition     = toset(output.tables) == toset([for file in fileset("${path.module}/schema", "*.json") : trimsuffix(file, ".json")])
    error_message = "Each file of columns is a table, and each table has a file."
  }

  assert {
    condition = alltrue([
      for name, table in google_bigquery_table.table :
      jsondecode(table.schema) == jsondecode(file("${path.module}/schema/${name}.json"))
    ])
    error_message = "Columns are those of the files."
  }

  assert {
    condition = alltrue(flatten([
      for table in google_bigquery_table.table : [
        for column in jsondecode(table.schema) : column.type == "NUMERIC" if column.name == "revenue"
      ]
    ]))
    error_message = "Money is NUMERIC."
  }

  assert {
    condition     = google_bigquery_table.table["gold_funnel_hourly_brand"].clustering == tolist(["brand"])
    error_message = "Hourly rows are clustered by brand."
  }

  assert {
    condition     = one(google_bigquery_table.table["gold_funnel_hourly_brand"].time_partitioning).field == "window_date"
    error_message = "Hourly rows are partitioned by their day."
  }

  assert {
    condition     = one(one(google_bigquery_table.table["gold_funnel_hourly_brand"].table_constraints).primary_key).columns == tolist(["window_start", "brand"])
    error_message = "Upserts go by hour and brand."
  }

  assert {
    condition     = length(google_bigquery_table.table["silver_events"].table_constraints) == 0
    error_message = "A key that may be null is no primary key."
  }

  assert {
    condition     = length(google_bigquery_table.table["runs"].time_partitioning) == 0
    error_message = "Runs are one piece."
  }

  assert {
    condition     = alltrue([for table in google_bigquery_table.table : table.deletion_protection])
    error_message = "Tables are protected."
  }
}

run "rows_expire_where_asked" {
  variables {
    expiration_days = { dead_letters = 90 }
  }

  assert {
    condition     = one(google_bigquery_table.table["dead_letters"].time_partitioning).expiration_ms == 7776000000
    error_message = "Dead letters go after 90 days."
  }
}

run "tables_can_be_given_up" {
  variables {
    keep_data = false
  }

  assert {
    condition     = google_bigquery_dataset.funnel.delete_contents_on_destroy && !anytrue([for table in google_bigquery_table.table : table.deletion_protection])
    error_message = "keep_data = false lets the tables be destroyed."
  }
}

run "only_partitions_expire" {
  command = plan

  variables {
    expiration_days = { runs = 90 }
  }

  expect_failures = [var.expiration_days]
}

run "baselines_need_sixty_days" {
  command = plan

  variables {
    expiration_days = { gold_funnel_hourly_brand = 30 }
  }

  expect_failures = [var.expiration_days]
}

run "lower_case_is_no_multi_region" {
  command = plan

  variables {
    location = "eu"
  }

  expect_failures = [var.location]
}
