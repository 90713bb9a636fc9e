import type {} from '@koa/bodyparser';
import Router from '@koa/router';
import Type from 'typebox';
import { erasureReasons } from '../../domain/subject.ts';
import type { State } from '../context.ts';
import { uncached } from '../middleware/uncached.ts';
import { requirePermission } from '../permit.ts';
import type { Erasure, KnownPerson, Principal, Privacy } from '../ports.ts';
import { HttpProblem } from '../problem.ts';
import { validator } from '../validate.ts';

const SubjectId = Type.String({ format: 'uuid', description: 'a user’s id; or an order’s, for its guests' });
const Reason = Type.Enum([...erasureReasons]);
export const ErasureRequest = Type.Object({ subjectId: SubjectId, reason: Reason }, { additionalProperties: false });
export const ErasureAnswer = Type.Object(
  {
    subjectId: SubjectId,
    kind: Type.Enum(['staff', 'guest']),
    reason: Reason,
    erasedBy: Type.String({ description: 'a user’s id, or system:retention' }),
    erasedAt: Type.String({ format: 'date-time' }),
    clearedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'since when no read model has anything of it; null: they are being built anew',
    }),
  },
  { additionalProperties: false },
);
const Path = Type.Object({ subjectId: SubjectId }, { additionalProperties: false });

const unknown = (): HttpProblem =>
  new HttpProblem(404, 'subject-unknown', 'Nothing is kept of such a person, or only of another location’s: check the id.');

const sees = ({ locationIds }: Principal, person: KnownPerson): boolean =>
  locationIds === null || (person.locationIds !== null && person.locationIds.every((id) => locationIds.includes(id)));

/** An owner is erased by an owner, and nobody by himself: somebody is always left who can run the place. */
const requireMayErase = (principal: Principal, subjectId: string, { roles }: KnownPerson): void => {
  if (subjectId === principal.userId)
    throw new HttpProblem(409, 'erasure-of-oneself', 'Your own account cannot be erased by you: ask another owner or manager.');
  if (roles.includes('owner') && !principal.roles.includes('owner'))
    throw new HttpProblem(403, 'permission-missing', 'Only an owner erases an owner.');
};

/** What is kept of a person, and its end. */
export const privacyRoutes = (privacy: Privacy): Router<State> => {
  const validateRequest = validator(ErasureRequest);
  const validatePath = validator(Path);
  const router = new Router<State>({ prefix: '/api/v1/privacy' });
  router.use(uncached);

  const personSeenBy = async (principal: Principal, subjectId: string): Promise<KnownPerson> => {
    const person = await privacy.person(subjectId);
    if (person === null || !sees(principal, person)) throw unknown();
    return person;
  };

  router.post('/erasures', async (ctx) => {
    const { principal } = ctx.state;
    requirePermission(principal, 'privacy.erase');
    validateRequest(ctx.request.body);
    const { subjectId, reason } = ctx.request.body as Type.Static<typeof ErasureRequest>;
    const person = await personSeenBy(principal, subjectId);
    requireMayErase(principal, subjectId, person);
    const erasure: Erasure = await privacy.erase({ id: subjectId, kind: person.kind }, reason, principal.userId);
    ctx.status = 201;
    ctx.body = erasure;
  });

  router.get('/erasures/:subjectId', async (ctx) => {
    const { principal } = ctx.state;
    requirePermission(principal, 'privacy.erase');
    validatePath(ctx.params);
    const { subjectId = '' } = ctx.params;
    await personSeenBy(principal, subjectId);
    const erasure = await privacy.erasure(subjectId);
    if (erasure === null) throw new HttpProblem(404, 'erasure-unknown', 'The data of this person were not erased.');
    ctx.body = erasure;
  });

  router.get('/exports/:subjectId', async (ctx) => {
    const { principal } = ctx.state;
    const { subjectId = '' } = ctx.params;
    if (subjectId !== principal.userId) requirePermission(principal, 'privacy.export');
    validatePath(ctx.params);
    await personSeenBy(principal, subjectId);
    ctx.set('Content-Disposition', 'attachment; filename="personal-data.json"');
    ctx.body = await privacy.dataOf(subjectId);
  });

  return router;
};
