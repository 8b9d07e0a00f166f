import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.apache.poi.openxml4j.opc.OPCPackage;
import org.apache.poi.openxml4j.opc.PackageAccess;
import org.apache.poi.openxml4j.opc.PackagePart;
import org.apache.poi.openxml4j.opc.PackageRelationship;
import org.apache.poi.poifs.macros.VBAMacroReader;
import org.apache.poi.xssf.eventusermodel.XSSFReader;

/**
 * What Apache POI finds in a workbook, a line each: kind, name, value in Base64 of UTF-8, with tabs between.
 *
 * It reads parts and streams: Debian's POI can open no workbook as a model, for want of its schemas' types.
 */
public final class ReadWorkbook {
    public static void main(String[] arguments) throws Exception {
        File file = new File(arguments[0]);
        try (VBAMacroReader reader = new VBAMacroReader(file)) {
            for (Map.Entry<String, String> module : reader.readMacros().entrySet()) {
                say("module", module.getKey(), module.getValue());
            }
        }
        try (OPCPackage book = OPCPackage.open(file, PackageAccess.READ)) {
            for (PackageRelationship relation : book.getRelationships()) {
                say("root", relation.getTargetURI().toString(), relation.getRelationshipType());
            }
            for (PackagePart part : book.getParts()) {
                say("part", part.getPartName().getName(), part.getContentType());
            }
            XSSFReader.SheetIterator sheets = (XSSFReader.SheetIterator) new XSSFReader(book).getSheetsData();
            while (sheets.hasNext()) {
                try (InputStream sheet = sheets.next()) {
                    say("sheet", sheets.getSheetName(), String.valueOf(sheet.readAllBytes().length));
                }
            }
        }
    }

    private static void say(String kind, String name, String value) {
        String coded = Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
        System.out.println(kind + "\t" + name + "\t" + coded);
    }
}
