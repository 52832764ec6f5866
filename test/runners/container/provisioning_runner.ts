/** A runner as a container sees it before any work: it says who the worker is and who its siblings are, takes their control streams and log records, and has nothing for them to do. */
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import type { InstructionRequest, LogEntry, LogEntry_List } from 'apache-beam/proto/beam_fn_api';
import { ProvisionInfo } from 'apache-beam/proto/beam_provision_api';
import { Struct } from 'apache-beam/proto/google/protobuf/struct';
import { RUNNER_METHODS } from '../../../runners/harness/fn_api/services';

type Control = ServerDuplexStream<unknown, InstructionRequest>;

export class ProvisioningRunner {
  address = '';
  /** Ids of workers that have asked, once each time. */
  readonly asked: string[] = [];
  readonly logged: LogEntry[] = [];
  /** Control streams that are open, by worker's id. */
  readonly controls = new Map<string, Control>();
  private readonly server = new Server();

  static async start(
    siblings: readonly string[],
    options: Record<string, string>,
  ): Promise<ProvisioningRunner> {
    const runner = new ProvisioningRunner();
    const { server } = runner;
    server.addService(
      {
        provision: RUNNER_METHODS.provision,
        control: RUNNER_METHODS.control,
        logging: RUNNER_METHODS.logging,
      },
      {
        provision: (
          call: { metadata: { get(name: string): unknown[] } },
          answer: (error: null, value: object) => void,
        ) => {
          runner.asked.push(String(call.metadata.get('worker_id')));
          const info = ProvisionInfo.create({
            siblingWorkerIds: [...siblings],
            pipelineOptions: Struct.fromJson(options),
            controlEndpoint: { url: runner.address },
            loggingEndpoint: { url: runner.address },
          });
          answer(null, { info });
        },
        control: (call: Control) => {
          const id = String(call.metadata.get('worker_id'));
          runner.controls.set(id, call);
          const gone = (): boolean => runner.controls.get(id) === call && runner.controls.delete(id);
          call
            .on('data', () => undefined)
            .on('error', gone)
            .on('end', gone)
            .on('cancelled', gone);
        },
        logging: (call: ServerDuplexStream<LogEntry_List, unknown>) => {
          call.on('data', ({ logEntries }) => runner.logged.push(...logEntries)).on('end', () => call.end());
          call.on('error', () => undefined);
        },
      },
    );
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    runner.address = `127.0.0.1:${port}`;
    return runner;
  }

  /** There is no more work. */
  endAll(): void {
    for (const call of this.controls.values()) call.end();
  }

  stop(): void {
    this.server.forceShutdown();
  }
}
