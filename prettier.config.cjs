module.exports = {
    printWidth: 100,
    tabWidth: 4,
    xmlSelfClosingSpace: true,
    xmlWhitespaceSensitivity: "preserve",
};
