/**
 * Terraform itself for tests, on a copy of terraform/, so that nothing is left behind in it.
 *
 * Where it is missing, tests that need it are skipped with a sentence that says how to get it; with the environment variable CI they fail.
 */
import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TERRAFORM } from './terraform_modules';

const HOW_TO_GET_IT =
  'Terraform is not there. Install version 1.11 or newer: developer.hashicorp.com/terraform/install';

/** describe, for tests that need Terraform. */
export function describeWithTerraform(name: string, tests: () => void): void {
  const isThere = spawnSync('terraform', ['version'], { stdio: 'ignore' }).status === 0;
  if (isThere) describe(name, tests);
  else if (process.env.CI)
    test(name, () => {
      throw new Error(HOW_TO_GET_IT);
    });
  else {
    process.stderr.write(`Skipped: ${name}. ${HOW_TO_GET_IT}\n`);
    describe.skip(name, tests);
  }
}

export interface Outcome {
  readonly code: number;
  /** What it printed, both streams, without colours. */
  readonly text: string;
}

export class TerraformCopy {
  readonly root = mkdtempSync(join(tmpdir(), 'terraform-'));

  /** @param reattach for TF_REATTACH_PROVIDERS; null for Terraform without any provider */
  constructor(private readonly reattach: string | null) {
    cpSync(TERRAFORM, this.root, { recursive: true, filter: (path) => !/\.terraform|\.tfstate/.test(path) });
  }

  /** Runs `terraform ARGUMENTS` in a folder below terraform/. */
  run(folder: string, ...commands: string[]): Promise<Outcome> {
    const { TF_CLI_CONFIG_FILE: _, ...environment } = process.env;
    return new Promise((resolve) =>
      execFile(
        'terraform',
        [`-chdir=${join(this.root, folder)}`, ...commands],
        {
          env: {
            ...environment,
            TF_IN_AUTOMATION: '1',
            CHECKPOINT_DISABLE: '1',
            ...(this.reattach === null ? {} : { TF_REATTACH_PROVIDERS: this.reattach }),
          },
          timeout: 110_000,
          maxBuffer: 64 * 1024 * 1024,
        },
        (error, out, err) =>
          resolve({ code: error === null ? 0 : Number(error.code ?? 1), text: `${out}${err}` }),
      ),
    );
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
