import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.mustangproject.validator.ZUGFeRDValidator;

/**
 * Runs the Mustang validator over files, all in one virtual machine.
 *
 * <p>Prints one line per file as soon as it is judged: its path, a tab, the report in Base64. The
 * report is the whole verdict; the validator's list of findings leaves out what concerns the PDF.
 */
public final class Referee {
    public static void main(String[] paths) {
        for (String path : paths) {
            ZUGFeRDValidator validator = new ZUGFeRDValidator();
            validator.disableNotices();
            byte[] report = validator.validate(path).getBytes(StandardCharsets.UTF_8);
            System.out.println(path + "\t" + Base64.getEncoder().encodeToString(report));
        }
    }
}
