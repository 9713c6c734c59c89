import { API, type Checker, type Symbol as Declared, SymbolFlags, type Type, TypeFlags } from 'typescript/unstable/sync';

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** An exported type and the file that declares it. */
export interface TypeSource {
  readonly file: string;
  readonly type: string;
}

/**
 * JSON Schemas of types, in their order: keys, values and descriptions are those of the declarations and their doc comments.
 * Keys that are not described are allowed, because more may come with time.
 * @param root folder of tsconfig.json, to which files are relative
 * @throws {Error} for a type that is not there, or that JSON cannot hold.
 */
export function schemasOfTypes(root: string, sources: readonly TypeSource[]): JsonSchema[] {
  const api = new API({ cwd: root });
  try {
    const [project] = api.updateSnapshot({ openProjects: [`${root}/tsconfig.json`] }).getProjects();
    return sources.map(({ file, type }) => {
      const source = project?.program.getSourceFile(`${root}/${file}`);
      const module = source && project?.checker.getSymbolAtLocation(source);
      const declared = module && project?.checker.getMemberInModuleExports(module, type);
      if (project === undefined || declared === undefined) throw new Error(`${file} exports no ${type}`);
      return new Walk(project.checker, root).schemaOf(project.checker.getDeclaredTypeOfSymbol(declared));
    });
  } finally {
    api.close();
  }
}

class Walk {
  readonly #checker: Checker;
  readonly #root: string;

  constructor(checker: Checker, root: string) {
    this.#checker = checker;
    this.#root = root;
  }

  schemaOf(type: Type): JsonSchema {
    return { ...this.#described(type.getAliasSymbol() ?? type.getSymbol()), ...this.#shapeOf(type) };
  }

  /** The doc comment of a declaration in this repository; what the library says of `Readonly` is no description. */
  #described(declared: Declared | undefined): { readonly description?: string } {
    const own =
      declared?.declarations.some(({ path }) => path.startsWith(`${this.#root}/`) && !path.includes('/node_modules/')) ?? false;
    const text = own ? (declared?.getDocumentationComment(this.#checker).replaceAll(/\s*\n\s*/g, ' ') ?? '') : '';
    return text === '' ? {} : { description: text };
  }

  #shapeOf(type: Type): JsonSchema {
    if (type.isUnionType()) return this.#unionOf(type.getTypes());
    if (type.isLiteralType()) return { const: type.value };
    if (type.isIntrinsicType()) return type.intrinsicName === 'unknown' ? {} : { type: nameInJson(type.intrinsicName) };
    if (type.isTypeReference() && this.#checker.isArrayLikeType(type)) return this.#arrayOf(type);
    return this.#objectOf(type);
  }

  #arrayOf(type: Parameters<Checker['getTypeArguments']>[0]): JsonSchema {
    const items = this.#checker.getTypeArguments(type).map((item) => this.schemaOf(item));
    return this.#checker.isTupleType(type)
      ? { type: 'array', prefixItems: items, items: false, minItems: items.length }
      : { type: 'array', items: items[0] };
  }

  /** A choice of words is an `enum`; where there is one kind of value or null, its schema says that of itself. */
  #unionOf(types: readonly Type[]): JsonSchema {
    const present = types.filter(({ flags }) => (flags & TypeFlags.Undefined) === 0);
    const some = present.filter(({ flags }) => (flags & TypeFlags.Null) === 0);
    const words = some.length > 0 && some.every((type) => type.isLiteralType());
    const schemas = words ? [choiceOf(some)] : some.map((type) => this.schemaOf(type));
    const [only] = schemas;
    if (schemas.length > 1 || only === undefined) return { anyOf: present.map((type) => this.schemaOf(type)) };
    return some.length === present.length ? only : orNull(only);
  }

  #objectOf(type: Type): JsonSchema {
    const properties = this.#checker.getPropertiesOfType(type);
    const [index] = this.#checker.getIndexInfosOfType(type);
    if (index !== undefined) return { type: 'object', additionalProperties: this.schemaOf(index.valueType) };
    const schemas = properties.map((property) => [property.name, this.#propertyOf(property)] as const);
    const required = properties.filter(({ flags }) => (flags & SymbolFlags.Optional) === 0).map(({ name }) => name);
    // Keys out of a union of words, as `Record` makes them: nobody declared them, so there is nothing to say of each.
    const [first] = properties;
    if (first !== undefined && first.declarations.length === 0) {
      const keys = properties.map(({ name }) => name);
      return { type: 'object', propertyNames: { enum: keys }, additionalProperties: schemas[0]?.[1], ...needing(required) };
    }
    return { type: 'object', properties: Object.fromEntries(schemas), ...needing(required) };
  }

  #propertyOf(property: Declared): JsonSchema {
    const type = this.#checker.getTypeOfSymbol(property);
    if (type === undefined) throw new Error(`${property.name} has no type`);
    return { ...this.schemaOf(type), ...this.#described(property) };
  }
}

function needing(required: readonly string[]): JsonSchema {
  return required.length === 0 ? {} : { required };
}

function choiceOf(types: readonly Type[]): JsonSchema {
  const values = types.flatMap((type) => (type.isLiteralType() ? [type.value] : []));
  if (values.every((value) => typeof value === 'boolean')) return { type: 'boolean' };
  return values.length === 1 ? { const: values[0] } : { enum: values };
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type, const: value, enum: values } = schema;
  if (typeof type === 'string') return { ...schema, type: [type, 'null'] };
  const { const: _, ...rest } = schema;
  return { ...rest, enum: [...(Array.isArray(values) ? values : [value]), null] };
}

function nameInJson(name: string): string {
  if (['string', 'number', 'null'].includes(name)) return name;
  throw new Error(`${name} is nothing that JSON has`);
}
