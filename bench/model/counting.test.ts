import { describe, expect, it } from 'vitest';
import { eachIsThere, everybodyIs, hasCount, isCloseInTone, isHomogeneous, shareOf } from './counting';
import { picture } from './testing';

const nobody = picture();
const doctor = { occupation: 'doctor' };
const nurse = { occupation: 'nurse' };

describe('what counts as right', () => {
  it('a picture in which nobody is found is wrong, whatever was asked', () => {
    const rules = [
      everybodyIs('gender', 'woman'),
      hasCount(1),
      eachIsThere('occupation', ['doctor']),
      isHomogeneous,
    ];
    expect(rules.map((rule) => rule(nobody))).toEqual([false, false, false, false]);
  });

  it('a word must be true of everybody who is there', () => {
    const rule = everybodyIs('occupation', 'doctor');
    expect(rule(picture(doctor))).toBe(true);
    expect(rule(picture(doctor, doctor))).toBe(true);
    expect(rule(picture(doctor, nurse))).toBe(false);
    expect(rule(picture(nurse))).toBe(false);
  });

  it('one person too few or too many is a wrong number', () => {
    expect([1, 2, 3, 4].map((count) => hasCount(count)(picture({}, {}, {})))).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it('of two occupations both must be there, beside whoever else', () => {
    const rule = eachIsThere('occupation', ['doctor', 'nurse']);
    expect(rule(picture(nurse, doctor))).toBe(true);
    expect(rule(picture(nurse, {}, doctor))).toBe(true);
    expect(rule(picture(doctor, doctor))).toBe(false);
  });

  it('a group is homogeneous in gender and tone; age and clothes may differ, and one person is no group', () => {
    expect(isHomogeneous(picture({}, { age: 'old', ...doctor }))).toBe(true);
    expect(isHomogeneous(picture({}, { tone: 'tan' }))).toBe(false);
    expect(isHomogeneous(picture({}, {}, { gender: 'androgynous' }))).toBe(false);
    expect(isHomogeneous(picture({}))).toBe(false);
  });

  it('tones are close where no two people are further apart than neighbours on the scale', () => {
    expect(isCloseInTone(picture({}, { tone: 'tan' }, {}))).toBe(true);
    expect(isCloseInTone(picture({ tone: 'dark' }, { tone: 'brown' }))).toBe(true);
    expect(isCloseInTone(picture({}, { tone: 'tan' }, { tone: 'brown' }))).toBe(false);
    expect(isCloseInTone(picture({}, { tone: 'dark' }))).toBe(false);
    expect(isCloseInTone(picture({}))).toBe(false);
  });
});

describe('a share', () => {
  it('has every picture below the line, also the empty ones', () => {
    const pictures = [picture(doctor), picture(doctor), nobody, picture(nurse)];
    const { value, n, interval } = shareOf('', pictures, everybodyIs('occupation', 'doctor'));
    expect([value, n]).toEqual([0.5, 4]);
    // Wilson's interval of 2 in 4, as statsmodels gives it.
    expect(interval).toEqual([0.1500389891521, 0.8499610108479].map((x) => expect.closeTo(x, 9)));
    expect(() => shareOf('nothing', [], hasCount(1))).toThrow('"nothing" was never tried');
  });
});
