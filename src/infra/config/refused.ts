/** A wrong or unknown setting; each problem begins with its name as it was written. */
export class ConfigRefused extends Error {
  readonly code = 'config-refused';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigRefused';
    this.problems = problems;
  }
}
