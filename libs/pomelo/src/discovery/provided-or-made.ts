import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';

/**
 * The instance of a class that the options name: the provider of the application when there is one, with whatever its
 * own module injects; else one that is made here, with what this module and the global ones export.
 */
export async function providedOrMade<T>(modules: ModuleRef, type: Type<T>): Promise<T> {
  try {
    return modules.get<T>(type, { strict: false });
  } catch {
    return modules.create(type);
  }
}
