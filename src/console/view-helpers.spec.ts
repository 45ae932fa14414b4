import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../api/executions.controller.js';
import { PHASES } from '../core/execution.js';
import { toneOf } from './tones.js';
import { VIEW_HELPERS } from './view-helpers.js';

describe('the helpers of views', () => {
  it('write a moment so that it can be read without scripts', () => {
    const at = Date.parse('2026-11-01T02:57:10.123Z');
    expect(String(VIEW_HELPERS.time(at))).toBe(
      '<time datetime="2026-11-01T02:57:10.123Z">2026-11-01 02:57:10 UTC</time>',
    );
    expect(String(VIEW_HELPERS.clock(at))).toBe(
      '<time datetime="2026-11-01T02:57:10.123Z" class="clock">2026-11-01 02:57:10 UTC</time>',
    );
    expect(String(VIEW_HELPERS.countdown(at))).toBe(
      '<time datetime="2026-11-01T02:57:10.123Z" class="countdown">at 2026-11-01 02:57:10 UTC</time>',
    );
  });

  it('S8: find the moments in a sentence, so that it reads well with the time in the place, and escape the rest', () => {
    expect(String(VIEW_HELPERS.moments('<b> ended at 2026-11-01T02:57:10Z (5 min ago)'))).toBe(
      '&lt;b&gt; ended at <time datetime="2026-11-01T02:57:10Z" class="clock">2026-11-01T02:57:10Z (5 min ago)</time>',
    );
  });

  it('S8: escape whatever becomes a badge', () => {
    expect(String(VIEW_HELPERS.badge('<img src=x onerror="alert(1)">'))).toBe(
      '<span class="badge quiet">&lt;img src&#x3D;x onerror&#x3D;&quot;alert(1)&quot;&gt;</span>',
    );
  });

  it('give every open phase a colour that is not the quiet one', () => {
    expect(PHASES.filter((phase) => phase !== 'closed' && toneOf(phase) === 'quiet')).toEqual([]);
  });

  it('call no outcome good that is none', () => {
    expect(OUTCOMES.filter((outcome) => toneOf(outcome) === 'good')).toEqual(['succeeded', 'accepted']);
    expect(OUTCOMES.filter((outcome) => toneOf(outcome) === 'bad')).toEqual(['failed']);
  });
});
