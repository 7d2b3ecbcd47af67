/** Only what this folder needs. In a clone of Cosette the package lies outside of node_modules: load it as it is. */
export default {
  test: {
    include: ['*.test.mjs'],
    server: { deps: { external: [/\/dist\/testing\//] } },
  },
};
