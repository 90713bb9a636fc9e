import { hash } from 'node:crypto';

const INNER = Buffer.of(1);

const joined = (left: Buffer, right: Buffer): Buffer => hash('sha256', Buffer.concat([INNER, left, right]), 'buffer');

/** The nodes above: pairs are joined, one left over goes up as it is. */
const above = (nodes: readonly Buffer[]): readonly Buffer[] =>
  nodes.flatMap((left, index) => {
    if (index % 2 === 1) return [];
    const right = nodes[index + 1];
    return [right === undefined ? left : joined(left, right)];
  });

/** Of at least one leaf. */
export const rootOf = (leaves: readonly Buffer[]): Buffer => {
  let nodes = leaves;
  while (nodes.length > 1) nodes = above(nodes);
  const [root] = nodes;
  if (root === undefined) throw new RangeError('A tree needs a leaf');
  return root;
};

/** The neighbors on the way from a leaf (counted from 0) to the root; a node that goes up as it is has none. */
export const pathOf = (leaves: readonly Buffer[], index: number): readonly Buffer[] => {
  const path: Buffer[] = [];
  for (let nodes = leaves, at = index; nodes.length > 1; nodes = above(nodes), at >>= 1) {
    const neighbor = nodes[at ^ 1];
    if (neighbor !== undefined) path.push(neighbor);
  }
  return path;
};

/** The root that a leaf and its path lead to in a tree of `size` leaves; null: the path is none of such a tree. */
export const rootFrom = (leaf: Buffer, index: number, size: number, path: readonly Buffer[]): Buffer | null => {
  if (index < 0 || index >= size) return null;
  const rest = [...path];
  let node = leaf;
  for (let at = index, width = size; width > 1; at >>= 1, width = Math.ceil(width / 2)) {
    if ((at ^ 1) >= width) continue;
    const neighbor = rest.shift();
    if (neighbor === undefined) return null;
    node = at % 2 === 0 ? joined(node, neighbor) : joined(neighbor, node);
  }
  return rest.length === 0 ? node : null;
};
