import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const KIBIBYTE = 1024;

/** Resident memory of a process, in bytes. */
export function residentBytes(pid: number): number {
  return statusField(pid, 'VmRSS');
}

/** The most resident memory that a process had since {@link forgetPeak}, in bytes. */
export function peakBytes(pid: number): number {
  return statusField(pid, 'VmHWM');
}

/** Begins a new measurement of the peak. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** File descriptors that a process has open. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** File descriptors that this process, and each that it starts, may have open. */
export function allowedDescriptors(): number {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return Number(soft ?? Infinity);
}

function statusField(pid: number, name: string): number {
  const [, kibibytes] =
    new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * KIBIBYTE;
}
