import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../../model/input-error.ts';
import { isListening } from './ask.ts';
import { type RunNotice, readNotice, removeRunFiles, socketPathIn, writeNotice } from './run-files.ts';
import { defaultRunsFolder, makePrivateFolder } from './trusted-folder.ts';

/** The directory of a run that is here, in this process: made before its socket, removed after it. */
export class RunDirectory {
  readonly path: string;
  /** Where the run is to listen; nothing is there yet. */
  readonly socketPath: string;
  private readonly isMade: boolean;

  /**
   * The directory of a new run in this user's folder of runs, named by the run's id.
   * @throws InputError when that folder is not to be had or not to be trusted, or its path is too long.
   */
  static createDefault(notice: RunNotice): RunDirectory {
    const folder = defaultRunsFolder();
    const path = join(folder, notice.runId);
    const socketPath = socketPathIn(path, 'name a shorter one with --run-dir');
    makePrivateFolder(folder);
    mkdirSync(path, { mode: 0o700 });
    return new RunDirectory(path, socketPath, true, notice);
  }

  /**
   * A directory that the user names for a new run; made when it is not there. What a killed run left in it is removed.
   * @throws InputError when a run is in it, when it is not to be trusted, or its path is too long.
   */
  static async createAt(dir: string, notice: RunNotice): Promise<RunDirectory> {
    const path = resolve(dir);
    const socketPath = socketPathIn(path, 'name a shorter one');
    const isMade = !existsSync(path);
    makePrivateFolder(path);
    if (await isListening(socketPath)) {
      const other = readNotice(path)?.runId ?? 'another run';
      throw new InputError(`--run-dir ${dir}: must be without a run, ${other} is in it`);
    }
    removeRunFiles(path, false);
    return new RunDirectory(path, socketPath, isMade, notice);
  }

  private constructor(path: string, socketPath: string, isMade: boolean, notice: RunNotice) {
    this.path = path;
    this.socketPath = socketPath;
    this.isMade = isMade;
    writeNotice(path, notice);
  }

  /** Takes away what this run has put there, and the directory when it was made for it. Never throws. */
  remove(): void {
    removeRunFiles(this.path, this.isMade);
  }
}
