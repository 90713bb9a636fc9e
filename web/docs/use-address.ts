import { useEffect, useState } from 'preact/hooks';

const named = (): string => decodeURIComponent(location.hash.slice(1));

/** The name after # in the address. */
export const useAddress = (): string => {
  const [name, setName] = useState(named);
  useEffect(() => {
    const follow = (): void => setName(named());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return name;
};

/** The id of the operation at the top of the window, as one reads on. */
export const useReadingAt = (shown: unknown): string => {
  const [reading, setReading] = useState('');
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) if (isIntersecting) setReading(target.id);
      },
      { rootMargin: '-20% 0px -75% 0px' },
    );
    for (const operation of document.querySelectorAll('.operation')) observer.observe(operation);
    return () => observer.disconnect();
  }, [shown]);
  return reading;
};
