import type { ProblemPage } from '../../http/problem-page.js';
import type { Page, Pages } from '../pages.js';
import { problemModel } from './problem-model.js';

/** Writes errors as pages of the console; one that may pass by itself is brought up to date like any other page. */
export function problemPages(pages: Pages): ProblemPage {
  return (request, reply, problem) => {
    const { title, status } = problem;
    const mayPass = status === 503 && request.method === 'GET';
    const page: Page = { view: 'problem', title, status };
    return pages.show(request, reply, mayPass ? { ...page, live: 'all' } : page, problemModel(problem));
  };
}
