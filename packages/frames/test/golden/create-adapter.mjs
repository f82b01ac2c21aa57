const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Renames the keys of objects, at every depth; values are left alone. */
function rename(value, name) {
  if (Array.isArray(value)) return value.map((item) => rename(item, name));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [name(key), rename(item, name)]));
}

/** Gives every statistic its name in the golden file: snake_case there, camelCase here. */
export function createAdapter(statistics) {
  const byInput = Object.entries(statistics).map(([name, fn]) => [
    snake(name),
    (input, options) => {
      const result = fn(rename(input, camel), rename(options, camel));
      // A few result keys of the golden file are camelCase, so both spellings are given.
      return { ...rename(result, snake), ...result };
    },
  ]);
  // The distributions take plain numbers; the golden cases give and ask for objects.
  const distributions = {
    normal_cdf_of: ({ z }) => ({ p: statistics.normalCdf(z) }),
    normal_quantile_of: ({ p }) => ({ z: statistics.normalQuantile(p) }),
    student_t_cdf_of: ({ t, df }) => ({ p: statistics.studentTCdf(t, df) }),
    student_t_quantile_of: ({ p, df }) => ({ t: statistics.studentTQuantile(p, df) }),
  };
  return { ...Object.fromEntries(byInput), ...distributions };
}
