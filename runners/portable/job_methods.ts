/** The calls of Beam's job API, by the protos of the SDK. */
import {
  CancelJobRequest,
  CancelJobResponse,
  GetJobMetricsRequest,
  GetJobMetricsResponse,
  GetJobStateRequest,
  JobMessagesRequest,
  JobMessagesResponse,
  JobStateEvent,
  PrepareJobRequest,
  PrepareJobResponse,
  RunJobRequest,
  RunJobResponse,
} from 'apache-beam/proto/beam_job_api';
import { method } from '../harness/fn_api/services';

const JOBS = 'org.apache.beam.model.job_management.v1.JobService';

export const JOB_METHODS = {
  prepare: method(JOBS, 'Prepare', 'one to one', PrepareJobRequest, PrepareJobResponse),
  run: method(JOBS, 'Run', 'one to one', RunJobRequest, RunJobResponse),
  state: method(JOBS, 'GetState', 'one to one', GetJobStateRequest, JobStateEvent),
  states: method(JOBS, 'GetStateStream', 'one to many', GetJobStateRequest, JobStateEvent),
  messages: method(JOBS, 'GetMessageStream', 'one to many', JobMessagesRequest, JobMessagesResponse),
  metrics: method(JOBS, 'GetJobMetrics', 'one to one', GetJobMetricsRequest, GetJobMetricsResponse),
  cancel: method(JOBS, 'Cancel', 'one to one', CancelJobRequest, CancelJobResponse),
};
