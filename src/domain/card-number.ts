const FEWEST = 13;
const MOST = 19;
/** The longest telephone number in international form. */
const MOST_OF_TELEPHONE = 15;

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
/** Digits with single spaces or dashes between; a plus before them is a telephone number's. */
const RUN = /(\+?)(\d(?:[\s\-‐-―]?\d)+)/g;
const BETWEEN = /[\s\-‐-―]/;

const passesLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
};

/** No card's number begins with 0. */
const isCardNumber = (digits: string): boolean =>
  digits.length >= FEWEST && digits.length <= MOST && !digits.startsWith('0') && passesLuhn(digits);

/** A card's number may stand among other groups of digits, such as the month it expires. */
const hasCardNumber = (groups: readonly string[]): boolean =>
  groups.some((_, from) => groups.some((__, to) => to >= from && isCardNumber(groups.slice(from, to + 1).join(''))));

const ONLY_UUID = new RegExp(`^${UUID.source}$`, 'i');

/** Most texts of this length are ids, and nothing else. */
const isUuid = (text: string): boolean => text.length === 36 && text.startsWith('-', 8) && ONLY_UUID.test(text);

const mayHaveOne = (text: string): boolean => {
  let digits = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    // Digits of other scripts are looked at more closely, whatever they are.
    if (code > 0x65f) return true;
    if (code >= 48 && code <= 57 && ++digits >= FEWEST) return true;
  }
  return false;
};

/** Whether a text holds what may be the number of a payment card: 13 to 19 digits that pass the Luhn check. */
export const holdsCardNumber = (text: string): boolean => {
  if (text.length < FEWEST || isUuid(text) || !mayHaveOne(text)) return false;
  const plain = text.normalize('NFKC').replaceAll(UUID, ' ');
  for (const [, plus = '', run = ''] of plain.matchAll(RUN)) {
    const groups = run.split(BETWEEN);
    const isTelephone = plus !== '' && groups.join('').length <= MOST_OF_TELEPHONE;
    if (!isTelephone && hasCardNumber(groups)) return true;
  }
  return false;
};
