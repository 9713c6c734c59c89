import { describe, expect, it } from 'vitest';
import { obstacle } from '../../../../src/lab/kubernetes/pods.ts';

const waiting = (reason: string, message?: string) => ({
  status: { containerStatuses: [{ state: { waiting: { reason, ...(message === undefined ? {} : { message }) } } }] as never },
});

describe('why a pod does not run', () => {
  it('is what the scheduler says, once it has had time', () => {
    const message = '0/2 nodes are available: 2 Insufficient cpu.';
    const pod = { status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] } };
    expect(obstacle(pod, 1)).toBeUndefined();
    expect(obstacle(pod, 11)).toBe(`the scheduler says: ${message}`);
  });

  it.each(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'CreateContainerConfigError'])('is %s', (reason) => {
    expect(obstacle(waiting(reason, 'no such image'), 0)).toBe(`${reason}: no such image`);
    expect(obstacle(waiting(reason), 0)).toBe(reason);
  });

  it('is nothing while it is being made', () => {
    expect(obstacle(waiting('ContainerCreating'), 60)).toBeUndefined();
    expect(obstacle({ status: {} }, 60)).toBeUndefined();
  });

  it('is how it ended', () => {
    expect(obstacle({ status: { phase: 'Failed', reason: 'Evicted', message: 'low on memory' } }, 5)).toBe('low on memory');
    const terminated = { containerStatuses: [{ state: { terminated: { exitCode: 3 } } }] as never };
    expect(obstacle({ status: { phase: 'Failed', ...terminated } }, 5)).toBe('it ended with exit code 3');
  });
});
