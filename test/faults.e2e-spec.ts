import { faults, type Fault } from './faults/fault-hook.js';
import { CODEC_PLACES, CONNECTION_PLACES, REQUEST_PLACES, type Place } from './faults/places.js';
import { expectBystanderServed, expectNothingLeft, startScene } from './faults/scene.js';
import { until } from './support/until.js';

const rowsOf = (places: readonly Place[]): [point: string, fault: Fault, place: Place][] =>
  places.flatMap((place) =>
    place.faults.map((fault) => [place.point, fault, place] as [string, Fault, Place]),
  );

// An exception that nobody catches, or a rejection that nobody handles, fails the test that is running: it is what the
// test runner itself listens for.
async function costsNobodyElse(_point: string, fault: Fault, place: Place): Promise<void> {
  const scene = await startScene(place);
  const errors = scene.log.matching('error').length;
  faults.arm(place.point, fault, place.times);
  expect(await place.act(scene)).toEqual(place.sees(fault));
  expect(faults.isSpent).toBe(true);
  if (place.isLogged !== false && fault !== 'never settles')
    await until(() => scene.log.matching('error').length > errors);
  await expectBystanderServed(scene);
  await expectNothingLeft(scene);
}

describe('a failure of what runs for a request costs that request alone', () => {
  it.each(rowsOf(REQUEST_PLACES))('%s %s', costsNobodyElse);
});

describe('a failure of what runs for a connection costs that connection at most', () => {
  it.each(rowsOf(CONNECTION_PLACES))('%s %s', costsNobodyElse);
});

describe('a failure of a codec costs its own client at most', () => {
  it.each(rowsOf(CODEC_PLACES))('%s %s', costsNobodyElse);
});
