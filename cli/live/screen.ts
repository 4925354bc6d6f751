import { createLogUpdate } from 'log-update';
import type { RunProgress } from '#core/progress/progress.ts';
import { changeLines, type Names } from '../render/changes.ts';
import { liveLines } from '../render/live-view.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Where the progress of a run is shown. */
export interface Screen {
  show(progress: RunProgress, nowMs: number): void;
  /** A line that is of interest when it comes. */
  note(text: string): void;
  /** A sentence to the person, which stays in sight until the end. */
  say(text: string): void;
  /** The last state stays where it is, and other lines may follow. */
  done(): void;
}

/** Drawn again and again in place. */
export function liveScreen(terminal: Terminal, names: Names): Screen {
  const draw = createLogUpdate(terminal.stream as NodeJS.WriteStream);
  let notice = '';
  let last: { progress: RunProgress; nowMs: number } | undefined;
  const redraw = () => {
    if (last === undefined) return;
    const look = { width: terminal.width(), height: terminal.height(), paint: terminal.paint };
    draw(liveLines({ ...names, ...last, notice }, look).join('\n'));
  };
  return {
    show: (progress, nowMs) => {
      last = { progress, nowMs };
      redraw();
    },
    note: (text) => {
      if (last === undefined) terminal.write(`${printable(text)}\n`);
      else draw.persist(printable(text));
    },
    say: (text) => {
      notice = printable(text);
      if (last === undefined) terminal.write(`${notice}\n`);
      else redraw();
    },
    done: () => draw.done(),
  };
}

/** A line for each change: for logs, pipes, and terminals that cannot move the cursor. */
export function plainScreen(terminal: Terminal, names: Names, start: RunProgress): Screen {
  let before = start;
  return {
    show: (progress) => {
      for (const line of changeLines(before, progress, names)) terminal.write(`${line}\n`);
      before = progress;
    },
    note: (text) => terminal.write(`${printable(text)}\n`),
    say: (text) => terminal.write(`${printable(text)}\n`),
    done: () => {},
  };
}
