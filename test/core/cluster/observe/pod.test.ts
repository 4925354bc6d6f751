import { describe, expect, it } from 'vitest';
import { jobState } from '#core/cluster/observe/job.ts';
import { terminalWait, terminations, youngest } from '#core/cluster/observe/pod.ts';
import { at, ended, job, pod, running, waiting } from './samples.ts';

describe('a Job', () => {
  it('runs until a condition holds', () => {
    expect(jobState(job())).toEqual({ state: 'running' });
    expect(jobState({ ...job(), status: undefined })).toEqual({ state: 'running' });
    expect(jobState(job({ type: 'Suspended', status: 'True' }))).toEqual({ state: 'running' });
    expect(jobState(job({ type: 'Complete', status: 'True' }))).toEqual({ state: 'complete' });
  });

  it('has failed before it is complete: both stand there when its time ran out at the end', () => {
    const both = job(
      { type: 'Complete', status: 'True' },
      { type: 'Failed', status: 'True', reason: 'DeadlineExceeded' },
    );
    expect(jobState(both)).toEqual({ state: 'failed', reason: 'DeadlineExceeded', message: '' });
  });
});

describe('a pod', () => {
  it('that waits for what no retry mends says so of any of its containers', () => {
    expect(terminalWait(pod({ main: [waiting('engine', 'ContainerCreating')] }))).toBeUndefined();
    expect(terminalWait(pod({ init: [waiting('generator', 'ImagePullBackOff')] }))).toBe(
      'container generator: ImagePullBackOff',
    );
    expect(terminalWait(pod({ main: [running('a'), waiting('b', 'CrashLoopBackOff', 'later')] }))).toBe(
      'container b: CrashLoopBackOff (later)',
    );
  });

  it('tells how its containers ended, those that ended badly', () => {
    const bad = pod({ init: [ended('generator', 1)], main: [ended('uploader', 137, {}, 'OOMKilled'), ended('x', 0)] });
    expect(terminations(bad)).toBe('generator ended with exit code 1; uploader ended with exit code 137 (OOMKilled)');
    expect(terminations(pod({ main: [running('engine')] }))).toBe('');
  });

  it('that its node could not keep says why, which its containers cannot', () => {
    const evicted = { ...pod({ main: [ended('engine', 137)] }) };
    evicted.status = { ...evicted.status, reason: 'Evicted', message: 'The node was low on resource: memory.' };
    expect(terminations(evicted)).toBe('its pod was evicted: The node was low on resource: memory.');
  });

  it('is the youngest of its Job, in whatever order they are listed', () => {
    const of = (name: string, minutes: number) => ({ ...pod(), metadata: { name, creationTimestamp: at(minutes) } });
    const [old, young] = [of('old', 1), of('young', 2)];
    expect(youngest([old, young])?.metadata.name).toBe('young');
    expect(youngest([young, old])?.metadata.name).toBe('young');
    expect(youngest([])).toBeUndefined();
  });
});
