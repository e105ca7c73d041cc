// Replaces the plain list by Swagger UI, where the library is installed.
if (window.SwaggerUIBundle) {
  document.getElementById("list").hidden = true;
  document.getElementById("swagger").hidden = false;
  window.SwaggerUIBundle({
    url: "openapi.json",
    dom_id: "#swagger",
    deepLinking: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
}
