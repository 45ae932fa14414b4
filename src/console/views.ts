import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { VIEW_HELPERS } from './view-helpers.js';

const SUFFIX = '.hbs';

/**
 * The templates of the console: every `*.hbs` below a folder, known by its name without folder and suffix; each can be a
 * page and a partial. Everything that is put in is escaped, and what is missing is an error.
 */
export class Views {
  private readonly handlebars = Handlebars.create();
  private readonly pages = new Map<string, Handlebars.TemplateDelegate>();

  /** @param folder that holds the templates; they are read once */
  constructor(folder: string = import.meta.dirname) {
    const known = Object.fromEntries(Object.keys(VIEW_HELPERS).map((name) => [name, true]));
    this.handlebars.registerHelper(VIEW_HELPERS);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(SUFFIX));
    for (const file of files) {
      const name = (file.split('/').at(-1) ?? file).slice(0, -SUFFIX.length);
      if (this.pages.has(name))
        throw new Error(`two views have the name ${name}; rename the partial that is one's own`);
      const text = readFileSync(join(folder, file), 'utf8');
      const compiled = this.handlebars.compile(text, { strict: true, knownHelpers: known, knownHelpersOnly: true });
      this.handlebars.registerPartial(name, compiled);
      this.pages.set(name, compiled);
    }
  }

  /** Renders one template. */
  render(name: string, model: object): string {
    const page = this.pages.get(name);
    if (page === undefined) throw new Error(`there is no view ${name}`);
    return page(model);
  }
}
