# What a job does, at a glance.

locals {
  charts = [
    { title = "System lag", unit = "s", filter = "metric.type = \"dataflow.googleapis.com/job/system_lag\"", align = "ALIGN_MAX", reduce = "REDUCE_MAX", by = [] },
    { title = "Age of the data watermark", unit = "s", filter = "metric.type = \"dataflow.googleapis.com/job/data_watermark_age\"", align = "ALIGN_MAX", reduce = "REDUCE_MAX", by = [] },
    { title = "Elements a second, by collection", unit = "1/s", filter = "metric.type = \"dataflow.googleapis.com/job/elements_produced_count\"", align = "ALIGN_RATE", reduce = "REDUCE_SUM", by = ["metric.labels.pcollection"] },
    { title = "Cores", unit = "1", filter = "metric.type = \"dataflow.googleapis.com/job/current_num_vcpus\"", align = "ALIGN_MEAN", reduce = "REDUCE_SUM", by = [] },
    { title = "Counters of the pipeline", unit = "1", filter = "metric.type = \"dataflow.googleapis.com/job/user_counter\"", align = "ALIGN_MAX", reduce = "REDUCE_SUM", by = ["metric.labels.metric_name"] },
  ]
}

resource "google_monitoring_dashboard" "jobs" {
  project = var.project_id

  dashboard_json = jsonencode({
    displayName = "FunnelPulse on Dataflow (${var.name})"
    gridLayout = {
      columns = 2
      widgets = [
        for chart in local.charts : {
          title = chart.title
          xyChart = {
            yAxis = { label = chart.unit, scale = "LINEAR" }
            dataSets = [{
              plotType = "LINE"
              timeSeriesQuery = {
                timeSeriesFilter = {
                  filter = "${local.job} AND ${chart.filter}"
                  aggregation = {
                    alignmentPeriod    = "60s"
                    perSeriesAligner   = chart.align
                    crossSeriesReducer = chart.reduce
                    groupByFields      = chart.by
                  }
                }
              }
            }]
          }
        }
      ]
    }
  })
}
