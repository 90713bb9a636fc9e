import { BlockList, isIP } from 'node:net';

/** Addresses that are not of the internet: this machine, its neighbours, clouds' metadata, and what stands for IPv4 in IPv6 (IANA's registries). */
const SPECIAL: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/9',
  'ff00::/8',
];

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
};

const special = listOf(SPECIAL);

/** Whether an address may be written to: it is one of the internet, or of the networks the configuration lets. */
export const addressCheck = (privateNetworks: readonly string[]): ((address: string) => boolean) => {
  const allowed = listOf(privateNetworks);
  return (address) => {
    if (isIP(address) === 0) return false;
    const family = familyOf(address);
    return !special.check(address, family) || allowed.check(address, family);
  };
};
