import { Module } from '@nestjs/common';
import { GateHandler } from './gate.handler.js';

/** Server type `gate`: tells clients which connector is theirs. */
@Module({ providers: [GateHandler] })
export class GateModule {}
